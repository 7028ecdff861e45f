"""The check for boxes that are slivers."""

from readiness.checks.dataset import box_side_extreme as check
from readiness.evidence.dataset import Item, Listing
from specimens import dataset

ITEM = Item(images=("train/a.jpg",), detail="bolt at 5,5 (60x2)", classes=("bolt",))


def test_clear_without_one():
    answer = check.judge(dataset(listings={"box-side-extreme": Listing(total=0)}))
    assert (answer.kind, answer.measure.measured) == ("clear", 0)


def test_found_from_the_first_one():
    answer = check.judge(dataset(listings={"box-side-extreme": Listing(total=1, items=(ITEM,), images_total=1)}))
    assert answer.kind == "found"
    assert (
        answer.because
        == "1 sliver of a box: sides as 20 to 1 or more, in a class of another shape: train/a.jpg: bolt at 5,5 (60x2)"
    )
    assert (answer.images, answer.images_total) == (ITEM.images, 1)


def test_unknown_when_not_measured():
    answer = check.judge(dataset(listings={"box-side-extreme": None}))
    assert (answer.kind, answer.unknown) == ("unknown", "missing")


def test_clear_of_classifiers_as_inapplicable():
    assert check.judge(dataset(task="classification")).kind == "inapplicable"
