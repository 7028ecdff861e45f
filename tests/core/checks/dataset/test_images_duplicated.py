"""The check for equal pictures within a split."""

from readiness.checks.dataset import images_duplicated as check
from readiness.evidence.dataset import Item, Listing
from readiness.finding import Severity
from specimens import dataset

ONE = Item(images=("train/a.jpg", "train/b.jpg"), detail="equal pixels")


def test_clear_without_one():
    answer = check.judge(dataset(listings={"images-duplicated": Listing(total=0)}))
    assert (answer.kind, answer.because) == ("clear", "no repeated pictures")


def test_found_from_the_first_one():
    answer = check.judge(dataset(listings={"images-duplicated": Listing(total=1, items=(ONE,))}))
    assert answer.kind == "found"
    assert answer.because == "1 repeated picture: the same pixels again: train/a.jpg = train/b.jpg: equal pixels"
    assert answer.images == ONE.images


def test_it_is_no_reason_to_block():
    assert check.SEVERITY is Severity.WARN


def test_unknown_when_not_measured():
    answer = check.judge(dataset(listings={"images-duplicated": None}))
    assert (answer.kind, answer.unknown) == ("unknown", "missing")
