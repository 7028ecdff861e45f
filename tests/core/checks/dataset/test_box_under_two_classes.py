"""The check for boxes under two classes."""

from readiness.checks.dataset import box_under_two_classes as check
from readiness.evidence.dataset import Item, Listing
from specimens import dataset

ITEM = Item(images=("train/a.jpg",), detail="bolt at 5,5 (9x9) and nut at 5,5 (9x9), IoU 1.00", classes=("bolt",))


def test_clear_without_one():
    answer = check.judge(dataset(listings={"box-under-two-classes": Listing(total=0)}))
    assert (answer.kind, answer.measure.measured) == ("clear", 0)


def test_found_from_the_first_one():
    answer = check.judge(dataset(listings={"box-under-two-classes": Listing(total=1, items=(ITEM,), images_total=1)}))
    assert answer.kind == "found"
    assert answer.because == (
        "1 box under two classes: two boxes of different classes share 0.95 or more of what "
        "they cover together (IoU): train/a.jpg: bolt at 5,5 (9x9) and nut at 5,5 (9x9), IoU 1.00"
    )
    assert (answer.images, answer.images_total) == (ITEM.images, 1)


def test_unknown_when_not_measured():
    answer = check.judge(dataset(listings={"box-under-two-classes": None}))
    assert (answer.kind, answer.unknown) == ("unknown", "missing")


def test_clear_of_classifiers_as_inapplicable():
    assert check.judge(dataset(task="classification")).kind == "inapplicable"
