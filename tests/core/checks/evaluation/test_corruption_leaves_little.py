"""corruption-leaves-little: what is left on corrupted images, on the mean, is under the policy's share."""

from asking import ask_one
from readiness.evidence.robustness import Robustness
from specimens import evaluation

CODE = "corruption-leaves-little"


def _left(share: float, clean: float = 0.5) -> Robustness:
    return Robustness(figure="ap50", images=50, clean=clean, left=share, worst="fog")


def test_clear_at_the_limit() -> None:
    assert ask_one(CODE, evaluation=evaluation(robustness=_left(0.3))).outcome == "clear"


def test_found_names_the_worst_corruption() -> None:
    finding = ask_one(CODE, evaluation=evaluation(robustness=_left(0.29)))
    assert finding.outcome == "found"
    assert "least under fog" in finding.because
    assert finding.measured == 0.29


def test_unknown_when_nothing_is_right_on_clean_images() -> None:
    assert ask_one(CODE, evaluation=evaluation(robustness=_left(0.0, clean=0.0))).unknown == "undecided"


def test_unknown_without_evaluation() -> None:
    assert ask_one(CODE, evaluation=None).unknown == "missing"


def test_it_does_not_apply_to_a_model_that_was_not_corrupted() -> None:
    assert ask_one(CODE, evaluation=evaluation()).outcome == "inapplicable"
