"""The check for labels of undeclared classes."""

from readiness.checks.dataset import class_undefined as check
from readiness.evidence.dataset import Item, Listing
from specimens import dataset

ITEM = Item(images=("train/a.jpg",), detail="line 3: class 7 is none of 0 to 2", classes=("bolt",))


def test_clear_without_one():
    answer = check.judge(dataset(listings={"class-undefined": Listing(total=0)}))
    assert (answer.kind, answer.measure.measured) == ("clear", 0)


def test_found_from_the_first_one():
    answer = check.judge(dataset(listings={"class-undefined": Listing(total=1, items=(ITEM,), images_total=1)}))
    assert answer.kind == "found"
    assert (
        answer.because
        == "1 label of no class: of a class that is not declared: train/a.jpg: line 3: class 7 is none of 0 to 2"
    )
    assert (answer.images, answer.images_total) == (ITEM.images, 1)


def test_unknown_when_not_measured():
    answer = check.judge(dataset(listings={"class-undefined": None}))
    assert (answer.kind, answer.unknown) == ("unknown", "missing")
