"""evaluation-too-lenient: overlap and confidence at least as the policy demands."""

import msgspec

from asking import ask, ask_one
from specimens import class_result, evaluation, policy, rate

CODE = "evaluation-too-lenient"


def test_clear_at_the_demanded_overlap_and_confidence() -> None:
    assert [finding.outcome for finding in ask(CODE)] == ["clear", "clear"]


def test_clear_of_overlap_for_a_classifier() -> None:
    findings = ask(CODE, evaluation=evaluation(task="classification", iou=0.0))
    assert [finding.outcome for finding in findings] == ["inapplicable", "clear"]


def test_found_just_under_the_overlap() -> None:
    overlap, _ = ask(CODE, evaluation=evaluation(iou=0.49))
    assert overlap.outcome == "found"
    assert overlap.because == "IoU is 0.49, the policy demands 0.5"


def test_found_where_one_rate_is_bounded_at_a_lower_confidence() -> None:
    loose = msgspec.structs.replace(rate(340, 350), confidence=0.9)
    _, bounds = ask(CODE, evaluation=evaluation(classes=(class_result(), class_result("nut", recall=loose))))
    assert bounds.outcome == "found"
    assert ask(CODE, policy=policy(confidence=0.99))[1].outcome == "found"


def test_unknown_without_an_evaluation_and_without_a_rate() -> None:
    assert ask_one(CODE, evaluation=None).unknown == "missing"
    assert ask_one(CODE, evaluation=evaluation(classes=(), slices=())).unknown == "failed"
