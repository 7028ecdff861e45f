"""predictions-cut-over-threshold: what lies between threshold and cut was never looked at."""

from asking import ask_one
from specimens import evaluation

CODE = "predictions-cut-over-threshold"


def test_clear_at_the_threshold() -> None:
    assert ask_one(CODE, evaluation=evaluation(confidence=0.25, lowest_score=0.25)).outcome == "clear"


def test_found_over_the_threshold() -> None:
    finding = ask_one(CODE, evaluation=evaluation(confidence=0.2, lowest_score=0.25))
    assert finding.outcome == "found"
    assert finding.because == "the lowest score is 0.25, the threshold 0.2: nothing between them was looked at"


def test_unknown_without_evaluation() -> None:
    assert ask_one(CODE, evaluation=None).unknown == "missing"


def test_nothing_predicted_and_classifiers_are_not_asked() -> None:
    assert ask_one(CODE, evaluation=evaluation(lowest_score=None)).outcome == "inapplicable"
    assert ask_one(CODE, evaluation=evaluation(task="classification", lowest_score=0.9)).outcome == "inapplicable"
