"""The check for masks of another size than their image."""

from readiness.checks.dataset import mask_size_differs as check
from readiness.evidence.dataset import Item, Listing
from specimens import dataset

ITEM = Item(images=("images/a.jpg",), detail="mask masks/a.png: 64x64, its image is 64x48", splits=("train",))


def test_clear_without_one():
    answer = check.judge(dataset(task="segmentation", listings={"mask-size-differs": Listing(total=0)}))
    assert (answer.kind, answer.measure.measured) == ("clear", 0)


def test_found_from_the_first_one():
    listing = Listing(total=1, items=(ITEM,), images_total=1)
    answer = check.judge(dataset(task="segmentation", listings={"mask-size-differs": listing}))
    assert answer.kind == "found"
    assert answer.because == (
        "1 mask of another size: width or height is not the image's: "
        "images/a.jpg: mask masks/a.png: 64x64, its image is 64x48"
    )
    assert (answer.images, answer.images_total) == (("images/a.jpg",), 1)


def test_unknown_when_not_measured():
    answer = check.judge(dataset(task="segmentation", listings={"mask-size-differs": None}))
    assert (answer.kind, answer.unknown) == ("unknown", "missing")
    assert answer.step is not None
    assert answer.step.kind == "scan"


def test_clear_of_detectors_as_inapplicable():
    assert check.judge(dataset(task="detection")).kind == "inapplicable"
