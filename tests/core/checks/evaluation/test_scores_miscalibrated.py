"""scores-miscalibrated: scores do not say how often answers are right."""

from typing import Any

import msgspec

from asking import ask, ask_one
from readiness.evidence.evaluation import Evaluation
from readiness.evidence.explanation import Calibration
from readiness.finding import Finding
from specimens import evaluation, explanation

CODE = "scores-miscalibrated"
WHOLE = explanation().calibration[0]


def one(class_name: str = "", **changes: Any) -> Calibration:
    return msgspec.structs.replace(WHOLE, class_name=class_name, **changes)


def of(*calibration: Calibration, **changes: Any) -> Evaluation:
    return evaluation(explanation=explanation(calibration=calibration), **changes)


def asked(*calibration: Calibration) -> Finding:
    return ask_one(CODE, evaluation=of(*calibration))


def test_clear_when_the_upper_bound_is_exactly_the_limit() -> None:
    assert asked(one(error=0.1, lower=0.05, upper=0.15)).outcome == "clear"


def test_found_only_when_the_lower_bound_is_over_the_limit() -> None:
    finding = asked(one(error=0.25, lower=0.16, upper=0.3))
    assert finding.outcome == "found"
    assert finding.because == (
        "680 of 700 answers from a score of 0.4 are right, 97%, their mean score says 95%;"
        " over bins of score the two differ by 0.25 (0.16 to 0.30, 0.15 allowed)"
    )
    assert finding.interval == (0.16, 0.3)


def test_found_names_the_class_where_the_whole_is_fine() -> None:
    whole, bolt = ask(CODE, evaluation=of(one(), one("bolt", error=0.3, lower=0.2, upper=0.4), one("nut")))
    assert whole.outcome == "clear"
    assert bolt.outcome == "found"
    assert bolt.subject is not None
    assert (bolt.subject.kind, bolt.subject.name) == ("class", "bolt")


def test_found_for_the_whole_names_no_class_beside() -> None:
    assert asked(one(error=0.3, lower=0.2, upper=0.4), one("bolt", error=0.3, lower=0.2, upper=0.4)).outcome == "found"


def test_unknown_while_the_interval_holds_the_limit() -> None:
    assert asked(one(error=0.2, lower=0.1, upper=0.3)).unknown == "undecided"


def test_unknown_with_too_few_answers() -> None:
    finding = asked(one(n=30, error=None, lower=None, upper=None))
    assert finding.unknown == "undecided"
    assert "30 answers" in finding.because


def test_unknown_when_nothing_was_explained() -> None:
    assert ask_one(CODE, evaluation=evaluation(explanation=None)).unknown == "missing"


def test_inapplicable_without_an_answer() -> None:
    assert asked(one(n=0, error=None, lower=None, upper=None, bins=())).outcome == "inapplicable"
    assert asked().outcome == "inapplicable"


def test_inapplicable_to_masks_of_classes() -> None:
    pixels = evaluation(task="segmentation", judged="pixel", explanation=None)
    assert ask_one(CODE, evaluation=pixels).outcome == "inapplicable"
