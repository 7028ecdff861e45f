"""The check for entries that do not parse."""

from readiness.checks.dataset import annotation_unusable as check
from readiness.evidence.dataset import Item, Listing
from specimens import dataset

ITEM = Item(images=(), detail="labels/a.txt:3: class 7 is none of 0 to 1")


def test_clear_without_one():
    answer = check.judge(dataset(listings={"annotation-unusable": Listing(total=0)}))
    assert (answer.kind, answer.measure.measured) == ("clear", 0)


def test_found_from_the_first_one():
    answer = check.judge(
        dataset(listings={"annotation-unusable": Listing(total=1, items=(ITEM,), images_total=len(ITEM.images))})
    )
    assert answer.kind == "found"
    assert answer.because == (
        "1 unusable entry: text that does not parse, or that contradicts the rest: labels/a.txt:3: "
        "class 7 is none of 0 to 1"
    )
    assert (answer.images, answer.images_total) == (ITEM.images, len(ITEM.images))


def test_found_names_twenty_images_and_counts_all():
    items = tuple(Item(images=(f"train/{index:03d}.jpg",)) for index in range(30))
    answer = check.judge(dataset(listings={"annotation-unusable": Listing(total=30, items=items, images_total=30)}))
    assert (len(answer.images), answer.images_total, answer.measure.measured) == (20, 30, 30)


def test_unknown_when_not_measured():
    answer = check.judge(dataset(listings={"annotation-unusable": None}))
    assert (answer.kind, answer.unknown) == ("unknown", "missing")
    assert answer.step is not None
    assert answer.step.kind == "scan"
