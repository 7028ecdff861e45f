"""The check for long and narrow images."""

from readiness.checks.dataset import image_aspect_odd as check
from readiness.evidence.dataset import Item, Listing
from readiness.finding import Severity
from specimens import dataset

ITEM = Item(images=("train/a.jpg",), detail="as it was seen", splits=("train",))


def test_clear_without_one():
    answer = check.judge(dataset(listings={"image-aspect-odd": Listing(total=0)}))
    assert (answer.kind, answer.measure.measured) == ("clear", 0)


def test_found_from_the_first_one():
    answer = check.judge(dataset(listings={"image-aspect-odd": Listing(total=1, items=(ITEM,), images_total=1)}))
    assert (answer.kind, check.SEVERITY) == ("found", Severity.NOTE)
    assert answer.because == (
        "1 long and narrow image among 1,500: the shorter side is under 35 % of the longer: train/a.jpg: as it was seen"
    )
    assert (answer.images, answer.images_total, answer.step.kind) == (ITEM.images, 1, "fix")


def test_unknown_when_not_measured():
    answer = check.judge(dataset(listings={"image-aspect-odd": None}))
    assert (answer.kind, answer.unknown, answer.step.kind) == ("unknown", "missing", "scan")
