"""The check for declared folders that are not there."""

from readiness.checks.dataset import split_path_broken as check
from readiness.evidence.dataset import Item, Listing
from specimens import dataset

ITEM = Item(images=(), detail="data.yaml train: '../train' does not exist")


def test_clear_without_one():
    answer = check.judge(dataset(listings={"split-path-broken": Listing(total=0)}))
    assert (answer.kind, answer.measure.measured) == ("clear", 0)


def test_found_from_the_first_one():
    answer = check.judge(
        dataset(listings={"split-path-broken": Listing(total=1, items=(ITEM,), images_total=len(ITEM.images))})
    )
    assert answer.kind == "found"
    assert (
        answer.because == "1 broken path: the declared folder is not there, or is another split's: "
        "data.yaml train: '../train' does not exist"
    )
    assert (answer.images, answer.images_total) == (ITEM.images, len(ITEM.images))


def test_found_names_twenty_images_and_counts_all():
    items = tuple(Item(images=(f"train/{index:03d}.jpg",)) for index in range(30))
    answer = check.judge(dataset(listings={"split-path-broken": Listing(total=30, items=items, images_total=30)}))
    assert (len(answer.images), answer.images_total, answer.measure.measured) == (20, 30, 30)


def test_unknown_when_not_measured():
    answer = check.judge(dataset(listings={"split-path-broken": None}))
    assert (answer.kind, answer.unknown) == ("unknown", "missing")
    assert answer.step is not None
    assert answer.step.kind == "scan"
