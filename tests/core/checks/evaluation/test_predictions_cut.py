"""predictions-cut: average precision needs the low scores."""

from asking import ask_one
from specimens import evaluation

CODE = "predictions-cut"


def test_clear_at_the_limit() -> None:
    assert ask_one(CODE, evaluation=evaluation(lowest_score=0.1)).outcome == "clear"


def test_found_over_the_limit() -> None:
    finding = ask_one(CODE, evaluation=evaluation(lowest_score=0.25))
    assert finding.outcome == "found"
    assert finding.because == "predictions seem cut: the lowest score is 0.25, 0.1 or less is needed for AP and curves"


def test_unknown_without_evaluation() -> None:
    assert ask_one(CODE, evaluation=None).unknown == "missing"


def test_nothing_predicted_and_classifiers_are_not_asked() -> None:
    assert ask_one(CODE, evaluation=evaluation(lowest_score=None)).outcome == "inapplicable"
    assert ask_one(CODE, evaluation=evaluation(task="classification", lowest_score=0.9)).outcome == "inapplicable"
