"""The check for copies of one source in two splits."""

from readiness.checks.dataset import source_shared_across_splits as check
from readiness.evidence.dataset import Item, Listing
from specimens import dataset

ONE = Item(images=("test/a.jpg", "train/b.jpg"), detail="belt_7_jpg", splits=("test", "train"))
OTHER = Item(images=("train/c.jpg", "val/d.jpg"), detail="other", splits=("train", "val"))


def test_clear_without_one():
    (answer,) = check.judge(dataset(listings={"source-shared-across-splits": Listing(total=0)}))
    assert (answer.kind, answer.because) == ("clear", "no shared sources in two splits")


def test_found_from_the_first_one():
    (answer,) = check.judge(dataset(listings={"source-shared-across-splits": Listing(total=1, items=(ONE,))}))
    assert answer.kind == "found"
    assert answer.because == (
        "1 shared source: exported copies of the same source image on both sides: test/a.jpg = train/b.jpg: belt_7_jpg"
    )
    assert (answer.images, answer.images_total) == (ONE.images, 2)


def test_found_once_for_each_pair_of_splits():
    answers = check.judge(dataset(listings={"source-shared-across-splits": Listing(total=3, items=(ONE, ONE, OTHER))}))
    assert [(one.subject.name, one.measure.measured) for one in answers] == [("test + train", 2), ("train + val", 1)]


def test_unknown_when_not_measured():
    (answer,) = check.judge(dataset(listings={"source-shared-across-splits": None}))
    assert (answer.kind, answer.unknown) == ("unknown", "missing")
