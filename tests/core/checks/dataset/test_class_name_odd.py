"""The check for class names that are none."""

from readiness.checks.dataset import class_name_odd as check
from readiness.evidence.dataset import Item, Listing
from specimens import dataset

ITEM = Item(images=("train/a.jpg",), detail="'7': a number among words", classes=("bolt",))


def test_clear_without_one():
    answer = check.judge(dataset(listings={"class-name-odd": Listing(total=0)}))
    assert (answer.kind, answer.measure.measured) == ("clear", 0)


def test_found_from_the_first_one():
    answer = check.judge(dataset(listings={"class-name-odd": Listing(total=1, items=(ITEM,), images_total=1)}))
    assert answer.kind == "found"
    assert answer.because == (
        "1 odd class name: empty, with unseen signs, or a number or path among words: train/a.jpg: "
        "'7': a number among words"
    )
    assert (answer.images, answer.images_total) == (ITEM.images, 1)


def test_unknown_when_not_measured():
    answer = check.judge(dataset(listings={"class-name-odd": None}))
    assert (answer.kind, answer.unknown) == ("unknown", "missing")
