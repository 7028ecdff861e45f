"""The check for boxes over the whole frame."""

from readiness.checks.dataset import box_full_frame as check
from readiness.evidence.dataset import Item, Listing
from specimens import dataset

ITEM = Item(images=("train/a.jpg",), detail="bolt at 0,0 (64x48) in 64x48", classes=("bolt",))


def test_clear_without_one():
    answer = check.judge(dataset(listings={"box-full-frame": Listing(total=0)}))
    assert (answer.kind, answer.measure.measured) == ("clear", 0)


def test_found_from_the_first_one():
    answer = check.judge(dataset(listings={"box-full-frame": Listing(total=1, items=(ITEM,), images_total=1)}))
    assert answer.kind == "found"
    assert answer.because == (
        "1 box over the whole image: 95 % of the image or more, where hardly any other covers half "
        "of one: train/a.jpg: bolt at 0,0 (64x48) in 64x48"
    )
    assert (answer.images, answer.images_total) == (ITEM.images, 1)


def test_unknown_when_not_measured():
    answer = check.judge(dataset(listings={"box-full-frame": None}))
    assert (answer.kind, answer.unknown) == ("unknown", "missing")


def test_clear_of_classifiers_as_inapplicable():
    assert check.judge(dataset(task="classification")).kind == "inapplicable"
