"""The check for images without any label."""

from readiness.checks.dataset import image_unlabelled as check
from readiness.evidence.dataset import Item, Listing
from specimens import dataset, policy


def unlabelled(count: int):
    items = tuple(Item(images=(f"train/{index:03d}.jpg",)) for index in range(count))
    return Listing(total=count, items=items, images_total=count)


def test_clear_at_the_share_allowed():
    assert check.judge(dataset(images=100, listings={"image-unlabelled": unlabelled(10)}), policy()).kind == "clear"


def test_found_above_the_share_allowed():
    answer = check.judge(dataset(images=100, listings={"image-unlabelled": unlabelled(11)}), policy())
    assert answer.kind == "found"
    assert answer.because == "without a label: 11 of 100 images, 10% allowed"
    assert (len(answer.images), answer.images_total) == (11, 11)


def test_unknown_when_not_measured_or_empty():
    assert check.judge(dataset(listings={"image-unlabelled": None}), policy()).unknown == "missing"
    assert check.judge(dataset(images=0, listings={"image-unlabelled": unlabelled(0)}), policy()).unknown == "missing"
