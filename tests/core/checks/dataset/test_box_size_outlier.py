"""The check for boxes unlike their class in size."""

from readiness.checks.dataset import box_size_outlier as check
from readiness.evidence.dataset import Item, Listing
from specimens import dataset

ITEM = Item(images=("train/a.jpg",), detail="bolt at 5,5 (9x9): area 1/40 of its class's usual", classes=("bolt",))


def test_clear_without_one():
    answer = check.judge(dataset(listings={"box-size-outlier": Listing(total=0)}))
    assert (answer.kind, answer.measure.measured) == ("clear", 0)


def test_found_from_the_first_one():
    answer = check.judge(dataset(listings={"box-size-outlier": Listing(total=1, items=(ITEM,), images_total=1)}))
    assert answer.kind == "found"
    assert answer.because == (
        "1 box out of size: area or shape far beyond all others of the class: train/a.jpg: bolt at "
        "5,5 (9x9): area 1/40 of its class's usual"
    )
    assert (answer.images, answer.images_total) == (ITEM.images, 1)


def test_unknown_when_not_measured():
    answer = check.judge(dataset(listings={"box-size-outlier": None}))
    assert (answer.kind, answer.unknown) == ("unknown", "missing")


def test_clear_of_classifiers_as_inapplicable():
    assert check.judge(dataset(task="classification")).kind == "inapplicable"
