"""training-split-missing: leaks can only be looked for beside the training images."""

from asking import ask_one
from specimens import dataset

CODE = "training-split-missing"


def test_clear_with_training_images() -> None:
    assert ask_one(CODE).outcome == "clear"


def test_found_where_only_a_test_split_is_there() -> None:
    finding = ask_one(CODE, dataset=dataset(splits=dataset().splits[1:]))
    assert finding.outcome == "found"
    assert finding.because == "no training split; the splits are val, test"


def test_unknown_without_a_scan() -> None:
    assert ask_one(CODE, dataset=None).unknown == "missing"
