"""The check for a search for copies that was bounded."""

from readiness.checks.dataset import images_not_all_compared as check
from readiness.evidence.dataset import Item, Listing
from readiness.finding import Severity
from specimens import dataset

ONE = Item(images=(), detail="more than 50000 different pictures")


def test_clear_without_one():
    answer = check.judge(dataset(listings={"images-not-all-compared": Listing(total=0)}))
    assert (answer.kind, answer.because) == ("clear", "no limits to the search for copies")


def test_found_from_the_first_one():
    answer = check.judge(dataset(listings={"images-not-all-compared": Listing(total=1, items=(ONE,))}))
    assert answer.kind == "found"
    assert answer.because == (
        "1 limit to the search for copies: not every image was compared with every other: more "
        "than 50000 different pictures"
    )
    assert answer.images == ONE.images


def test_it_is_no_reason_to_block():
    assert check.SEVERITY is Severity.NOTE


def test_unknown_when_not_measured():
    answer = check.judge(dataset(listings={"images-not-all-compared": None}))
    assert (answer.kind, answer.unknown) == ("unknown", "missing")
