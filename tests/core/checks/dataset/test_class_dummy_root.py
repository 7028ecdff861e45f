"""The check for a root category among the classes."""

from readiness.checks.dataset import class_dummy_root as check
from readiness.evidence.dataset import Item, Listing
from specimens import dataset

ITEM = Item(images=("train/a.jpg",), detail="category 0 'parts': parent of the others", classes=("bolt",))


def test_clear_without_one():
    answer = check.judge(dataset(listings={"class-dummy-root": Listing(total=0)}))
    assert (answer.kind, answer.measure.measured) == ("clear", 0)


def test_found_from_the_first_one():
    answer = check.judge(dataset(listings={"class-dummy-root": Listing(total=1, items=(ITEM,), images_total=1)}))
    assert answer.kind == "found"
    assert answer.because == (
        "1 root category: without an object, and left out here: train/a.jpg: category 0 'parts': parent of the others"
    )
    assert (answer.images, answer.images_total) == (ITEM.images, 1)


def test_unknown_when_not_measured():
    answer = check.judge(dataset(listings={"class-dummy-root": None}))
    assert (answer.kind, answer.unknown) == ("unknown", "missing")
