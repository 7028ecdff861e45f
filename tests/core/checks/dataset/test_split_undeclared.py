"""The check for folders of images that belong to no split."""

from readiness.checks.dataset import split_undeclared as check
from readiness.evidence.dataset import Item, Listing
from specimens import dataset

ITEM = Item(images=(), detail="valid: holds 6 images, and no split of data.yaml names it: left out")


def test_clear_without_one():
    answer = check.judge(dataset(listings={"split-undeclared": Listing(total=0)}))
    assert (answer.kind, answer.measure.measured) == ("clear", 0)


def test_found_from_the_first_one():
    answer = check.judge(dataset(listings={"split-undeclared": Listing(total=1, items=(ITEM,))}))
    assert (answer.kind, answer.measure.measured) == ("found", 1)
    assert answer.because == (
        "1 undeclared folder: their images are in no split: "
        "valid: holds 6 images, and no split of data.yaml names it: left out"
    )


def test_unknown_when_not_measured():
    answer = check.judge(dataset(listings={"split-undeclared": None}))
    assert (answer.kind, answer.unknown) == ("unknown", "missing")
