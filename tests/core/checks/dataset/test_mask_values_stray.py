"""The check for masks with values that are no class."""

from readiness.checks.dataset import mask_values_stray as check
from readiness.evidence.dataset import Item, Listing
from specimens import dataset

ITEM = Item(
    images=("images/a.jpg",), detail="masks/a.png: values that are no declared class: 9 (12 px)", splits=("train",)
)


def test_clear_without_one():
    answer = check.judge(dataset(task="segmentation", listings={"mask-values-stray": Listing(total=0)}))
    assert (answer.kind, answer.measure.measured) == ("clear", 0)


def test_found_from_the_first_one():
    listing = Listing(total=1, items=(ITEM,), images_total=1)
    answer = check.judge(dataset(task="segmentation", listings={"mask-values-stray": listing}))
    assert answer.kind == "found"
    assert answer.because == (
        "1 mask with stray values: values of no declared class, or such as resizing and JPEG leave: "
        "images/a.jpg: masks/a.png: values that are no declared class: 9 (12 px)"
    )
    assert (answer.images, answer.images_total) == (("images/a.jpg",), 1)


def test_unknown_when_not_measured():
    answer = check.judge(dataset(task="segmentation", listings={"mask-values-stray": None}))
    assert (answer.kind, answer.unknown) == ("unknown", "missing")
    assert answer.step is not None
    assert answer.step.kind == "scan"


def test_clear_of_detectors_as_inapplicable():
    assert check.judge(dataset(task="detection")).kind == "inapplicable"
