"""The check for label files without an image."""

from readiness.checks.dataset import label_file_orphaned as check
from readiness.evidence.dataset import Item, Listing
from specimens import dataset

ITEM = Item(images=("train/a.jpg",), detail="labels/b.txt: no image has this name", classes=("bolt",))


def test_clear_without_one():
    answer = check.judge(dataset(listings={"label-file-orphaned": Listing(total=0)}))
    assert (answer.kind, answer.measure.measured) == ("clear", 0)


def test_found_from_the_first_one():
    answer = check.judge(dataset(listings={"label-file-orphaned": Listing(total=1, items=(ITEM,), images_total=1)}))
    assert answer.kind == "found"
    assert answer.because == (
        "1 label file without an image: no image has the same name: train/a.jpg: labels/b.txt: no image has this name"
    )
    assert (answer.images, answer.images_total) == (ITEM.images, 1)


def test_unknown_when_not_measured():
    answer = check.judge(dataset(listings={"label-file-orphaned": None}))
    assert (answer.kind, answer.unknown) == ("unknown", "missing")
