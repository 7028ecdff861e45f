"""The check for images that do not decode."""

from readiness.checks.dataset import image_unreadable as check
from readiness.evidence.dataset import Item, Listing
from specimens import dataset

ITEM = Item(images=("train/a.jpg",), detail="the file is empty", splits=("train",))


def test_clear_without_one():
    answer = check.judge(dataset(listings={"image-unreadable": Listing(total=0)}))
    assert (answer.kind, answer.measure.measured) == ("clear", 0)


def test_found_from_the_first_one():
    answer = check.judge(
        dataset(listings={"image-unreadable": Listing(total=1, items=(ITEM,), images_total=len(ITEM.images))})
    )
    assert answer.kind == "found"
    assert answer.because == ("1 unreadable image among 1,500: missing or damaged: train/a.jpg: the file is empty")
    assert (answer.images, answer.images_total) == (ITEM.images, len(ITEM.images))


def test_found_names_twenty_images_and_counts_all():
    items = tuple(Item(images=(f"train/{index:03d}.jpg",)) for index in range(30))
    answer = check.judge(dataset(listings={"image-unreadable": Listing(total=30, items=items, images_total=30)}))
    assert (len(answer.images), answer.images_total, answer.measure.measured) == (20, 30, 30)


def test_unknown_when_not_measured():
    answer = check.judge(dataset(listings={"image-unreadable": None}))
    assert (answer.kind, answer.unknown) == ("unknown", "missing")
    assert answer.step is not None
    assert answer.step.kind == "scan"
