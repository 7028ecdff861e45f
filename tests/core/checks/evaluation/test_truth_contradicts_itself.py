"""truth-contradicts-itself: equal images have equal labels, or the pairs are named with their part of the errors."""

from asking import ask_one
from readiness.evidence.evaluation import Conflict
from specimens import evaluation

CODE = "truth-contradicts-itself"
PAIR = Conflict(("glass115.jpg", "metal91.jpg"), ("glass", "metal"))
TRIPLE = Conflict(("a.jpg", "b.jpg", "c.jpg"), ("glass", "glass", "metal"))


def test_clear_without_any() -> None:
    assert ask_one(CODE, evaluation=evaluation()).outcome == "clear"


def test_clear_is_no_question_without_the_images() -> None:
    assert ask_one(CODE, evaluation=evaluation(images_compared=0)).outcome == "inapplicable"


def test_found_names_them_and_their_part_of_the_errors() -> None:
    errors = {"matched": 151, "missed": 17}
    one = evaluation(task="classification", conflicts=(PAIR, TRIPLE), errors=errors)
    finding = ask_one(CODE, evaluation=one)
    assert (finding.outcome, finding.measured) == ("found", 2)
    assert "at least 2 of the 17 errors" in finding.because
    assert "glass115.jpg (glass) = metal91.jpg (metal)" in finding.because
    assert finding.images == ("glass115.jpg", "metal91.jpg", "a.jpg", "b.jpg", "c.jpg")


def test_unknown_where_nobody_looked() -> None:
    assert ask_one(CODE, evaluation=evaluation(images_compared=None)).unknown == "missing"
