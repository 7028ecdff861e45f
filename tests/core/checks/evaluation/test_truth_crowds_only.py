"""truth-crowds-only: some object is none of a crowd, or nothing can be measured."""

from asking import ask_one
from specimens import evaluation

CODE = "truth-crowds-only"


def test_clear_with_crowds_beside_objects_and_without_either() -> None:
    assert ask_one(CODE, evaluation=evaluation(crowds=40)).outcome == "clear"
    assert ask_one(CODE, evaluation=evaluation(objects=0, crowds=0)).outcome == "clear"
    assert ask_one(CODE, evaluation=evaluation(task="classification")).outcome == "inapplicable"


def test_found_where_every_object_is_one() -> None:
    finding = ask_one(CODE, evaluation=evaluation(objects=0, crowds=12))
    assert finding.outcome == "found"
    assert "all 12 objects" in finding.because


def test_unknown_without_evaluation() -> None:
    assert ask_one(CODE, evaluation=None).unknown == "missing"
