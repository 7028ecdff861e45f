"""The check for a large share of images that are labelled as empty."""

from readiness.checks.dataset import images_empty_many as check
from readiness.evidence.dataset import Item, Listing
from specimens import dataset, policy

ITEM = Item(images=("train/a.jpg",))


def empty(count: int):
    return dataset(images=100, listings={"images-empty-many": Listing(total=count, items=(ITEM,), images_total=count)})


def test_clear_at_the_share_allowed():
    assert check.judge(empty(30), policy()).kind == "clear"


def test_found_above_the_share_allowed():
    answer = check.judge(empty(31), policy())
    assert answer.kind == "found"
    assert answer.because == "labelled as empty: 31 of 100 images, 30% are usual at the most"
    assert (answer.images, answer.images_total) == (("train/a.jpg",), 31)


def test_unknown_when_not_measured_or_without_images():
    assert check.judge(dataset(listings={"images-empty-many": None}), policy()).unknown == "missing"
    assert check.judge(dataset(images=0), policy()).unknown == "missing"


def test_clear_of_classifiers_as_inapplicable():
    assert check.judge(dataset(task="classification"), policy()).kind == "inapplicable"
