"""evaluation-empty: there is something to measure."""

import pytest

from asking import ask_one
from specimens import evaluation

CODE = "evaluation-empty"


def test_clear_with_one_object_in_one_image() -> None:
    assert ask_one(CODE, evaluation=evaluation(images=1, objects=1)).outcome == "clear"


@pytest.mark.parametrize(("images", "objects"), [(0, 0), (12, 0)])
def test_found_without(images: int, objects: int) -> None:
    finding = ask_one(CODE, evaluation=evaluation(images=images, objects=objects))
    assert finding.outcome == "found"
    assert finding.because == f"{images} images with {objects} objects in 'test'"


def test_unknown_without_evaluation() -> None:
    assert ask_one(CODE, evaluation=None).unknown == "missing"
