"""The check for outlines that are no polygons."""

from readiness.checks.dataset import polygon_invalid as check
from readiness.evidence.dataset import Item, Listing
from specimens import dataset

ITEM = Item(images=("train/a.jpg",), detail="bolt at 5,5 (9x9): crosses itself", classes=("bolt",))


def test_clear_without_one():
    answer = check.judge(dataset(listings={"polygon-invalid": Listing(total=0)}))
    assert (answer.kind, answer.measure.measured) == ("clear", 0)


def test_found_from_the_first_one():
    answer = check.judge(dataset(listings={"polygon-invalid": Listing(total=1, items=(ITEM,), images_total=1)}))
    assert answer.kind == "found"
    assert answer.because == (
        "1 unusable outline: too few corners, no area, lines that cross, or corners out of the box "
        "or image: train/a.jpg: bolt at 5,5 (9x9): crosses itself"
    )
    assert (answer.images, answer.images_total) == (ITEM.images, 1)


def test_unknown_when_not_measured():
    answer = check.judge(dataset(listings={"polygon-invalid": None}))
    assert (answer.kind, answer.unknown) == ("unknown", "missing")


def test_clear_of_classifiers_as_inapplicable():
    assert check.judge(dataset(task="classification")).kind == "inapplicable"
