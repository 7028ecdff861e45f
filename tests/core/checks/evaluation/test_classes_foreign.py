"""classes-foreign: every answer is of a class of the dataset, or those that are not are named and counted."""

from asking import ask_one
from specimens import evaluation

CODE = "classes-foreign"


def test_clear_without_any() -> None:
    assert ask_one(CODE, evaluation=evaluation()).outcome == "clear"


def test_found_with_names_and_counts_most_first() -> None:
    finding = ask_one(CODE, evaluation=evaluation(foreign_classes={"knife": 1, "oven": 4}))
    assert finding.outcome == "found"
    assert finding.measured == 2
    assert finding.because == "5 answers of 2 classes that the dataset lacks, not judged: oven (4), knife (1)"


def test_found_with_many_cuts_the_list() -> None:
    finding = ask_one(CODE, evaluation=evaluation(foreign_classes={f"c{i}": 1 for i in range(15)}))
    assert finding.because.endswith("and 3 more")


def test_unknown_without_evaluation() -> None:
    assert ask_one(CODE, evaluation=None).unknown == "missing"
