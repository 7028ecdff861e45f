"""The simulator: equal to judging anew at any threshold, kept in a file that tells when it is damaged, and honest."""

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import truths
from readiness.evidence.threshold import Aim
from readiness_coordinator.evaluate import outcomes, simulator
from readiness_coordinator.evaluate.case import Case
from readiness_coordinator.evaluate.simulator import Prepared
from readiness_coordinator.evaluate.tallies import rate

CLASSES = ("bolt", "nut", "washer")


def case(seed: int = 0, images: int = 15, task: str = "detection") -> Case:
    """Draw objects, crowds among them, and answers beside and on them, with scores that are often equal."""
    rng = np.random.default_rng(seed)
    things = [
        [(int(rng.integers(2)), (40.0 * j, 0.0, 30.0, 30.0), bool(rng.random() < 0.15)) for j in range(rng.integers(4))]
        for _ in range(images)
    ]
    answers = [
        (f"{i}.jpg", int(rng.integers(3)), (40.0 * rng.integers(4) + rng.normal() * 3, 0.0, 30.0, 30.0), score)
        for i in range(images)
        for score in np.round(rng.random(rng.integers(6)), 1).tolist()
    ]
    labelled = truths.labelled(things, CLASSES, task=task)
    if task == "classification":
        labels = rng.choice(CLASSES, images).tolist()
        pictures = tuple(
            msgspec.structs.replace(picture, label=label, annotations=())
            for picture, label in zip(labelled.pictures, labels, strict=True)
        )
        labelled = truths.labelled(things, CLASSES, task=task, pictures=pictures)
        answers = [(f"{i}.jpg", int(rng.integers(3)), (0, 0, 0, 0), float(rng.random())) for i in range(images)]
    return truths.case(labelled, truths.columns(answers), 0.5, "test")


def prepared(one: Case) -> Prepared:
    return simulator.prepare(one, predictions="sha256:p", dataset="sha256:d")


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["detection", "classification"]), st.data())
def test_it_equals_judging_anew(seed: int, task: str, data: st.DataObject) -> None:
    one = case(seed, task=task)
    floor = one.predictions.lowest_score or 0.0
    scores = st.floats(0 if task == "classification" else floor, 1)
    wanted = {name: data.draw(scores) for name in CLASSES}
    simulated = simulator.simulate(prepared(one), wanted, Aim(kind="cost", cost_missed=3, cost_false=0.5))
    keep = one.predictions.scores >= np.array([wanted[name] for name in CLASSES])[one.predictions.row]
    part = one.predictions._replace(
        image=one.predictions.image[keep],
        row=one.predictions.row[keep],
        boxes=one.predictions.boxes[keep],
        scores=one.predictions.scores[keep],
    )
    pairs = outcomes.close(one.labelled.task, one.truth, part, one.iou)
    matched = outcomes.matches(one.labelled.task, one.truth, part, one.iou, pairs)
    judged = outcomes.judge(one.labelled.task, one.truth, part, matched, 0.0, one.iou, pairs)
    for row, point in enumerate((*simulated.classes, simulated.overall)):
        said = (judged.row == row) | (row == len(CLASSES))
        mine = ((one.truth.row == row) | (row == len(CLASSES))) & ~one.truth.crowd
        right = judged.matched[said] >= 0
        assert point.known
        assert (point.answers, point.right) == (said.sum(), right.sum())
        assert (point.objects, point.missed) == (mine.sum(), (mine & ~judged.hit).sum())
        assert point.images == np.unique(judged.image[said]).size
        false = int((~right).sum())
        assert point.false_per_image == pytest.approx(false / simulated.images)
        assert point.cost == pytest.approx((3 * point.missed + 0.5 * false) / simulated.images)
        assert point.f1 == (
            2 * point.right / (point.answers + point.objects) if point.answers + point.objects else None
        )
        for have, want in (
            (point.recall, rate(judged.hit[mine], one.truth.cluster[one.truth.image[mine]], 0.95)),
            (point.precision, rate(right, one.truth.cluster[judged.image[said]], 0.95)),
        ):
            assert (have.hits, have.n) == (want.hits, want.n)
            assert (have.lower, have.upper) == pytest.approx((want.lower, want.upper), abs=1e-9)


def test_one_threshold_is_that_of_every_class() -> None:
    ready = prepared(case())
    assert simulator.simulate(ready, 0.6).classes == simulator.simulate(ready, dict.fromkeys(CLASSES, 0.6)).classes
    assert simulator.simulate(ready, {"nut": 0.6}).classes[0].threshold == 0.5  # the deployed one
    assert simulator.simulate(ready, {"nut": 0.6}).overall.threshold is None


def test_what_lies_under_the_lowest_score_is_not_known() -> None:
    one = case()
    cut = one.predictions._replace(lowest_score=0.25)
    under = simulator.simulate(prepared(one._replace(predictions=cut)), {"bolt": 0.2, "nut": 0.25})
    assert [point.known for point in under.classes] == [False, True, True]
    assert not under.overall.known
    assert under.cut == 0.25
    classifier = simulator.simulate(prepared(case(task="classification")), 0.0)
    assert classifier.overall.known
    assert classifier.cut is None


def test_it_comes_back_from_its_file() -> None:
    ready = prepared(case(3))
    data = simulator.save(ready)
    again = simulator.load(data, predictions="sha256:p", dataset="sha256:d")
    assert simulator.save(again) == data
    for threshold in (0.0, 0.3, 0.55, 1.0):
        assert simulator.simulate(again, threshold) == simulator.simulate(ready, threshold)


@pytest.mark.parametrize("at", [0, 15, 40, -1])
def test_a_damaged_file_is_refused(at: int) -> None:
    data = bytearray(simulator.save(prepared(case())))
    data[at] ^= 1
    with pytest.raises(simulator.BadKept, match="evaluate again"):
        simulator.load(bytes(data))
    for short in (b"", bytes(data[:30]), bytes(data[:-5])):
        with pytest.raises(simulator.BadKept):
            simulator.load(short)


def test_a_file_of_something_else_is_refused() -> None:
    data = simulator.save(prepared(case()))
    with pytest.raises(simulator.BadKept, match="are of predictions sha256:p, asked was sha256:other"):
        simulator.load(data, predictions="sha256:other")
    with pytest.raises(simulator.BadKept, match="a dataset"):
        simulator.load(data, dataset="sha256:other")


def test_nothing_predicted_and_nothing_to_find() -> None:
    one = case()
    none = one.predictions._replace(
        image=one.predictions.image[:0],
        row=one.predictions.row[:0],
        boxes=one.predictions.boxes[:0],
        scores=one.predictions.scores[:0],
        lowest_score=None,
    )
    matched = outcomes.matches("detection", one.truth, none, 0.5, outcomes.close("detection", one.truth, none, 0.5))
    silent = prepared(one._replace(predictions=none, matches=matched))
    assert simulator.simulate(silent, 0.3).overall.answers == 0
    assert simulator.curve(silent, None).threshold.size == 0
    assert simulator.simulate(simulator.load(simulator.save(silent)), 0.3).overall.missed > 0
