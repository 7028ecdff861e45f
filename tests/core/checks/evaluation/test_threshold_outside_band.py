"""threshold-outside-band: a loss that stands, outside the band, and no alarm where the deployed one is as good."""

from typing import Any

from asking import ask, ask_one
from readiness.evidence.threshold import Aim
from specimens import evaluation, rate, recommendation, thresholds

CODE = "threshold-outside-band"
LOSS: dict[str, Any] = {
    "value": 0.25,
    "low": 0.2,
    "high": 0.31,
    "f1_deployed": 0.61,
    "f1": 0.7,
    "gain": 0.09,
    "gain_lower": 0.05,
    "gain_upper": 0.13,
    "missed_change": -120.0,
    "false_change": 40.0,
}


def test_clear_within_noise() -> None:
    assert [finding.outcome for finding in ask(CODE)] == ["clear"] * 3


def test_clear_outside_the_band_without_a_loss() -> None:
    flat = recommendation(low=0.42, high=0.5)
    assert ask(CODE, evaluation=evaluation(thresholds=thresholds(overall=flat)))[0].outcome == "clear"


def test_clear_inside_a_wide_band() -> None:
    wide = recommendation(**{**LOSS, "high": 0.45})
    assert ask(CODE, evaluation=evaluation(thresholds=thresholds(overall=wide)))[0].outcome == "clear"


def test_found_with_what_it_costs() -> None:
    finding = ask(CODE, evaluation=evaluation(thresholds=thresholds(overall=recommendation(**LOSS))))[0]
    assert finding.outcome == "found"
    assert finding.because == (
        "F1 0.61 at 0.4, 0.7 at 0.25 (best between 0.2 and 0.31): in 1,000 new images 120 fewer missed and 40 more "
        "false answers"
    )
    assert finding.action is not None
    assert finding.action.text == "run at 0.25"
    assert finding.interval == (0.2, 0.31)


def test_found_without_a_band_where_the_loss_stands() -> None:
    few = recommendation(**{**LOSS, "low": None, "high": None})
    finding = ask(CODE, evaluation=evaluation(thresholds=thresholds(overall=few)))[0]
    assert finding.outcome == "found"
    assert finding.because.startswith("F1 0.61 at 0.4, 0.7 at 0.25: in 1,000 new images")


def test_found_of_one_class_and_not_of_a_pooled_one() -> None:
    classes = (recommendation("bolt", **LOSS), recommendation("nut", pooled=True, **LOSS))
    findings = ask(CODE, evaluation=evaluation(thresholds=thresholds(classes=classes)))
    assert [(f.outcome, f.subject.name) for f in findings if f.subject] == [("clear", "threshold"), ("found", "bolt")]


def test_found_where_the_deployed_threshold_breaks_the_promise() -> None:
    low = rate(120, 200)
    broken = recommendation(
        value=None, low=None, high=None, recall_deployed=low, gain=0.3, gain_lower=0.9 - low.upper, gain_upper=0.4
    )
    aim = Aim(kind="recall", target=0.9)
    finding = ask(CODE, evaluation=evaluation(thresholds=thresholds(aim, overall=broken, classes=())))[0]
    assert finding.outcome == "found"
    assert finding.because == "recall at 0.4 is at most 0.658 by its bound, the promise is 0.9"


def test_unknown_where_a_promise_is_neither_kept_nor_broken() -> None:
    unsettled = recommendation(value=None, low=None, high=None, gain=0.0, gain_lower=-0.1, gain_upper=0.1, needed=70)
    aim = Aim(kind="recall", target=0.9)
    finding = ask_one(CODE, evaluation=evaluation(thresholds=thresholds(aim, overall=unsettled, classes=())))
    assert finding.unknown == "undecided"
    assert finding.action is not None
    assert finding.action.quota == 70


def test_unknown_without_what_it_asks_for() -> None:
    assert ask_one(CODE, evaluation=None).unknown == "missing"
    assert ask_one(CODE, evaluation=evaluation(thresholds=None)).unknown == "missing"
    nothing = recommendation(gain=None, because="the objects lie in 3 images")
    finding = ask(CODE, evaluation=evaluation(thresholds=thresholds(overall=nothing)))[0]
    assert (finding.unknown, finding.because) == ("undecided", "the objects lie in 3 images")


def test_masks_and_empty_sets_are_not_asked() -> None:
    assert ask_one(CODE, evaluation=evaluation(judged="pixel", thresholds=None)).outcome == "inapplicable"
    assert ask_one(CODE, evaluation=evaluation(objects=0, thresholds=None)).outcome == "inapplicable"
