"""The check for a large share of small objects."""

from readiness.checks.dataset import objects_small as check
from readiness.evidence.dataset import Item, Listing
from specimens import dataset, policy

ITEM = Item(images=("train/a.jpg",), detail="7 of 12 objects")


def small(count: int):
    return Listing(total=count, items=(ITEM,), images_total=1)


def test_clear_at_the_share_allowed():
    assert check.judge(dataset(annotations=100, listings={"objects-small": small(30)}), policy()).kind == "clear"


def test_found_above_the_share_allowed():
    answer = check.judge(dataset(annotations=100, listings={"objects-small": small(31)}), policy())
    assert answer.kind == "found"
    assert answer.because == "smaller than 32x32 pixels: 31 of 100 objects (31%)"
    assert (answer.images, answer.images_total) == (("train/a.jpg",), 1)


def test_unknown_when_not_measured_or_without_objects():
    assert check.judge(dataset(listings={"objects-small": None}), policy()).unknown == "missing"
    empty = dataset(annotations=0, listings={"objects-small": Listing(total=0)})
    assert check.judge(empty, policy()).unknown == "missing"


def test_clear_of_classifiers_as_inapplicable():
    assert check.judge(dataset(task="classification"), policy()).kind == "inapplicable"
