"""boxes-misplaced: the classes are right and the boxes are not."""

from asking import ask_one
from readiness.evidence.bounded import NOTHING, Rate
from specimens import evaluation, rate

CODE = "boxes-misplaced"


def test_clear_when_the_upper_bound_is_exactly_the_limit() -> None:
    edge = Rate(hits=25, n=100, n_effective=100.0, lower=0.2, upper=0.3)
    assert ask_one(CODE, evaluation=evaluation(misplaced=edge)).outcome == "clear"


def test_found_says_that_the_classes_are_right() -> None:
    finding = ask_one(CODE, evaluation=evaluation(misplaced=rate(115, 170)))
    assert finding.outcome == "found"
    assert finding.because == (
        "115 of 170 answers of the right class miss their object's box by IoU 0.5"
        " (61% to 74%, 30% allowed): classes are right, boxes are not"
    )
    assert finding.action is not None
    assert finding.action.kind == "fix"


def test_unknown_while_the_bounds_hold_the_limit() -> None:
    assert ask_one(CODE, evaluation=evaluation(misplaced=rate(3, 10))).unknown == "undecided"


def test_unknown_when_no_answer_lies_near_an_object() -> None:
    assert ask_one(CODE, evaluation=evaluation(misplaced=NOTHING)).unknown == "undecided"


def test_unknown_without_evaluation() -> None:
    assert ask_one(CODE, evaluation=None).unknown == "missing"


def test_a_classifier_draws_no_boxes() -> None:
    assert ask_one(CODE, evaluation=evaluation(task="classification", misplaced=NOTHING)).outcome == "inapplicable"
