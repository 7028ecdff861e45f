"""Recommended thresholds: what is said of a good, a bad and a cut deployment, of few images, and of promises."""

from typing import Any

import msgspec
import numpy as np
import pytest
from scipy import special

import truths
from readiness.evidence.threshold import Aim, Recommendation, Thresholds
from readiness_coordinator.evaluate import thresholds
from readiness_coordinator.evaluate.case import Case
from readiness_coordinator.formats import Labelled

CLASSES = ("bolt", "nut", "washer")
F1 = Aim()


def drawn(
    images: int = 300, seed: int = 0, cut: float = 0.001, classes: tuple[str, ...] = CLASSES
) -> tuple[Labelled, list[truths.Answer]]:
    """Draw a model whose best threshold is 0.48; the last class has no object, the one before it a fifth."""
    rng = np.random.default_rng(seed)
    things: list[list[truths.Thing]] = []
    answers: list[truths.Answer] = []
    for i in range(images):
        rows = (rng.random(rng.integers(1, 5)) < 0.2).astype(int).tolist()
        things.append([(row, (40.0 * j, 0.0, 30.0, 30.0), False) for j, row in enumerate(rows)])
        said = [(row, 40.0 * j, rng.normal(1, 1)) for j, row in enumerate(rows) if rng.random() < 0.9]
        said += [(int(rng.integers(3)), 900.0 + 40 * j, rng.normal(-1, 1)) for j in range(3)]
        answers += [(f"{i}.jpg", row, (x, 0.0, 30.0, 30.0), float(special.expit(at))) for row, x, at in said]
    return truths.labelled(things, classes), [one for one in answers if one[3] >= cut]


def case(labelled: Labelled, answers: list[truths.Answer], confidence: float = 0.48) -> Case:
    return truths.case(labelled, truths.columns(answers), confidence, "test")


def recommended(aim: Aim = F1, confidence: float = 0.48, **draw: Any) -> Thresholds:
    return thresholds.recommend(case(*drawn(**draw), confidence=confidence), aim)


def named(made: Thresholds, name: str) -> Recommendation:
    return next(one for one in made.classes if one.class_name == name)


def test_a_good_threshold_loses_nothing() -> None:
    made = recommended()
    one = made.overall
    assert one.value is not None
    assert one.low is not None
    assert one.high is not None
    assert one.gain_lower is not None
    assert one.low <= one.value <= one.high
    assert 0.35 < one.value < 0.6
    assert one.gain_lower <= 0
    assert (made.deployed, made.cut) == (0.48, pytest.approx(0.001, abs=0.02))
    assert made.optimism == one.optimism
    assert [each.class_name for each in made.classes] == list(CLASSES)


def test_scores_that_are_all_equal_leave_one_threshold_and_no_optimism() -> None:
    box = (10.0, 10.0, 40.0, 40.0)
    said = truths.columns([(f"{i}.jpg", 0, box, 0.9) for i in range(60)])
    made = thresholds.recommend(truths.case(truths.labelled([[(0, box, False)]] * 60), said), F1)
    assert (made.overall.value, made.overall.f1, made.optimism) == (0.9, 1.0, 0.0)


def test_a_bad_threshold_has_its_price() -> None:
    one = recommended(confidence=0.9).overall
    assert one.gain is not None
    assert one.gain_lower is not None
    assert one.f1 is not None
    assert one.f1_deployed is not None
    assert one.gain == pytest.approx(one.f1 - one.f1_deployed)
    assert one.gain_lower > 0.2
    assert one.missed_change is not None
    assert one.false_change is not None
    assert one.missed_change < 0 < one.false_change
    assert one.missed_change == pytest.approx((one.recall_deployed.hits - one.recall.hits) / 0.3, abs=0.1)
    false = [rate.n - rate.hits for rate in (one.precision, one.precision_deployed)]
    assert one.false_change == pytest.approx((false[0] - false[1]) / 0.3, abs=0.1)


def test_few_objects_take_the_threshold_of_all() -> None:
    made = recommended()
    nut, bolt, washer = named(made, "nut"), named(made, "bolt"), named(made, "washer")
    assert nut.objects < 200 < bolt.objects
    assert (bolt.pooled, nut.pooled, washer.pooled) == (False, True, True)
    assert nut.value == washer.value == made.overall.value
    assert nut.because == f"{nut.objects} objects are too few for a threshold of its own: that of all classes stands"
    assert washer.recall.n == 0
    assert washer.f1 == 0


def test_the_order_of_the_images_is_of_no_account() -> None:
    labelled, answers = drawn()
    answers = [(image, row, box, round(score, 1)) for image, row, box, score in answers]
    turned = msgspec.structs.replace(labelled, pictures=labelled.pictures[::-1])
    for aim in (F1, Aim(kind="cost", cost_missed=4), Aim(kind="recall", target=0.6)):
        assert thresholds.recommend(case(labelled, answers), aim) == thresholds.recommend(case(turned, answers), aim)


def test_dear_misses_lower_the_threshold_and_the_cost() -> None:
    even = recommended(Aim(kind="cost")).overall
    dear = recommended(Aim(kind="cost", cost_missed=10)).overall
    assert dear.value is not None
    assert even.value is not None
    assert dear.value < even.value
    assert dear.cost is not None
    assert dear.cost_deployed is not None
    assert dear.gain == pytest.approx(dear.cost_deployed - dear.cost)
    missed, false = dear.recall.n - dear.recall.hits, dear.precision.n - dear.precision.hits
    assert dear.cost == pytest.approx((10 * missed + false) / 300)


def test_where_no_answer_pays_none_is_recommended() -> None:
    labelled, answers = drawn()
    sure = [("0.jpg", 0, (990.0, 0.0, 30.0, 30.0), 1.0)]
    one = thresholds.recommend(case(labelled, answers + sure), Aim(kind="cost", cost_false=1e6)).overall
    assert one.value is None
    assert one.because == "at these costs every threshold costs more than no answer"
    assert (one.recall.n, one.low, one.missed_change) == (0, None, None)
    assert one.cost_deployed is not None


def test_a_promise_is_proven_where_it_stands() -> None:
    one = recommended(Aim(kind="recall", target=0.75)).overall
    assert one.value is not None
    assert one.recall.lower >= 0.75
    assert one.recall.lower < 0.77
    assert one.optimism is None
    assert one.gain == pytest.approx(0.75 - (one.recall_deployed.value or 0))
    precise = recommended(Aim(kind="precision", target=0.8)).overall
    assert precise.value is not None
    assert precise.precision.lower >= 0.8


def test_a_promise_that_cannot_be_kept_says_what_it_takes() -> None:
    made = recommended(Aim(kind="recall", target=0.93))
    one, nut = made.overall, named(made, "nut")
    assert (one.value, nut.value) == (None, None)
    assert one.because.startswith("recall is at best ")
    assert nut.needed is None or nut.needed > 0
    washer = named(made, "washer")
    assert (washer.needed, washer.because) == (42, "there are no objects here; 42 without a fault would prove 0.93")
    assert washer.gain is None
    impossible = recommended(Aim(kind="recall", target=0.99)).overall
    assert impossible.needed is None
    assert impossible.because.endswith("more objects at this rate would not prove 0.99")


def test_a_promise_that_lacks_objects_counts_them() -> None:
    one = recommended(Aim(kind="recall", target=0.85), images=40).overall
    assert one.value is None
    assert one.needed is not None
    assert one.because.endswith(f"{one.needed} more objects at this rate would prove 0.85")


def test_nothing_is_recommended_under_the_cut() -> None:
    made = recommended(Aim(kind="cost", cost_missed=20), cut=0.3)
    assert made.cut == pytest.approx(0.3, abs=0.01)
    assert made.overall.value is not None
    assert made.overall.value >= made.cut
    assert made.overall.because.startswith("the best may lie under 0.3")
    under = recommended(confidence=0.1, cut=0.3).overall
    assert (under.gain, under.f1_deployed, under.missed_change, under.precision_deployed.n) == (None, None, None, 0)
    assert under.value is not None


def test_three_recordings_choose_nothing() -> None:
    labelled, answers = drawn()
    one = case(labelled, answers)
    clustered = one.truth._replace(cluster=np.arange(300) % 3)
    made = thresholds.recommend(one._replace(truth=clustered), F1)
    assert made.overall.value is None
    assert made.overall.because.startswith("the objects lie in 3 images or recordings")
    assert made.overall.gain is None


def test_under_a_hundred_objects_no_band_is_told() -> None:
    one = recommended(images=30).overall
    assert one.objects < 100
    assert one.value is not None
    assert (one.low, one.high) == (None, None)


def test_no_false_alarm_at_the_true_best() -> None:
    """Of 40 samples deployed at the true best, hardly any shows a loss outside the band."""
    alarms = 0
    for seed in range(40):
        one = recommended(seed=seed, images=80, confidence=0.48).overall
        assert one.low is not None
        assert one.high is not None
        assert one.gain_lower is not None
        alarms += one.gain_lower > 0 and not one.low <= 0.48 <= one.high
    assert alarms <= 1
