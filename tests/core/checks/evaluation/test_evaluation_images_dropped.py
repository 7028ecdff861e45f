"""evaluation-images-dropped: every image of the split was run, and no other."""

from asking import ask_one
from specimens import evaluation

CODE = "evaluation-images-dropped"


def test_clear_when_every_image_was_run() -> None:
    assert ask_one(CODE).outcome == "clear"


def test_found_when_one_was_not() -> None:
    finding = ask_one(CODE, evaluation=evaluation(images_predicted=299))
    assert finding.outcome == "found"
    assert finding.because == "1 of 300 images were not run"


def test_found_when_one_is_foreign() -> None:
    finding = ask_one(CODE, evaluation=evaluation(foreign_images=1, images_listed=False))
    assert finding.outcome == "found"
    assert finding.because == "predicted images that are not in the dataset: 1"


def test_unknown_when_an_empty_answer_and_a_dropped_image_look_the_same() -> None:
    finding = ask_one(CODE, evaluation=evaluation(images_predicted=299, images_listed=False))
    assert finding.unknown == "undecided"


def test_unknown_without_evaluation() -> None:
    assert ask_one(CODE, evaluation=None).unknown == "missing"
