"""threshold-not-evaluated: recall and precision belong to one threshold."""

from asking import ask_one
from specimens import evaluation

CODE = "threshold-not-evaluated"


def test_clear_within_rounding() -> None:
    assert ask_one(CODE, evaluation=evaluation(confidence=0.1 + 0.3), threshold=0.4).outcome == "clear"


def test_found_a_hundredth_off() -> None:
    finding = ask_one(CODE, threshold=0.41)
    assert finding.outcome == "found"
    assert finding.because == "evaluated at 0.4, asked is 0.41"
    assert finding.action is not None
    assert finding.action.text == "evaluate at confidence 0.41"


def test_unknown_without_threshold_or_evaluation() -> None:
    assert ask_one(CODE, threshold=None).unknown == "missing"
    assert ask_one(CODE, evaluation=None).unknown == "missing"
