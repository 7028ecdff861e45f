"""images-unanswered: each image with an object got an answer, or those without one are named."""

from asking import ask_one
from specimens import evaluation

CODE = "images-unanswered"


def test_clear_with_an_answer_each() -> None:
    assert ask_one(CODE, evaluation=evaluation()).outcome == "clear"


def test_found_is_a_note_that_names_them() -> None:
    finding = ask_one(CODE, evaluation=evaluation(unanswered=("dark.jpg",), unanswered_total=1))
    assert (finding.outcome, finding.severity.value, finding.images) == ("found", "note", ("dark.jpg",))
    assert finding.because == "1 of 300 images that were run holds objects and got an empty answer: dark.jpg"


def test_unknown_without_evaluation() -> None:
    assert ask_one(CODE, evaluation=None).unknown == "missing"
