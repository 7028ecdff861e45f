"""The check for classes that no object carries."""

from readiness.checks.dataset import class_never_labelled as check
from readiness.evidence.dataset import Item, Listing
from specimens import dataset

ITEM = Item(images=("train/a.jpg",), detail="'bolt'", classes=("bolt",))


def test_clear_without_one():
    answer = check.judge(dataset(listings={"class-never-labelled": Listing(total=0)}))
    assert (answer.kind, answer.measure.measured) == ("clear", 0)


def test_found_from_the_first_one():
    answer = check.judge(dataset(listings={"class-never-labelled": Listing(total=1, items=(ITEM,), images_total=1)}))
    assert answer.kind == "found"
    assert answer.because == "1 class without an object: declared, but without a single object: train/a.jpg: 'bolt'"
    assert (answer.images, answer.images_total) == (ITEM.images, 1)


def test_unknown_when_not_measured():
    answer = check.judge(dataset(listings={"class-never-labelled": None}))
    assert (answer.kind, answer.unknown) == ("unknown", "missing")
