"""The check for image names that collide."""

from readiness.checks.dataset import names_collide as check
from readiness.evidence.dataset import Item, Listing
from specimens import dataset

ITEM = Item(images=("train/a.jpg",), detail="train/A.jpg", classes=("bolt",))


def test_clear_without_one():
    answer = check.judge(dataset(listings={"names-collide": Listing(total=0)}))
    assert (answer.kind, answer.measure.measured) == ("clear", 0)


def test_found_from_the_first_one():
    answer = check.judge(dataset(listings={"names-collide": Listing(total=1, items=(ITEM,), images_total=1)}))
    assert answer.kind == "found"
    assert (
        answer.because
        == "1 colliding name: one name where case and Unicode form do not count: train/a.jpg: train/A.jpg"
    )
    assert (answer.images, answer.images_total) == (ITEM.images, 1)


def test_unknown_when_not_measured():
    answer = check.judge(dataset(listings={"names-collide": None}))
    assert (answer.kind, answer.unknown) == ("unknown", "missing")
