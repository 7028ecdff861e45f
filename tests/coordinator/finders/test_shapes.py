"""Outlines and areas: each fault where it was put, none in outlines as people draw them."""

from pathlib import Path

import msgspec
import numpy as np
import pytest

from drawn_labels import details, found, labelled, one, ordinary, picture
from readiness_coordinator.formats import open_dataset
from readiness_coordinator.formats.labelled import Annotation, Fault
from readiness_coordinator.scan.finders import shapes, sizes
from readiness_coordinator.scan.seen import Seen

BOX = (100.0, 100.0, 80.0, 60.0)
RING = (100.0, 100, 180, 100, 180, 160, 140, 130, 100, 160)


def outlined(*rings: tuple[float, ...], **more: object) -> Annotation:
    return one(0, more.pop("box", BOX), polygon=rings, shape=more.pop("shape", "polygon"), **more)


def said(*objects: Annotation, **more: object):
    return found(shapes.find, [*ordinary(20), picture("train/x.jpg", objects)], **more)


@pytest.mark.parametrize(
    ("ring", "fault"),
    [
        ((100, 100, 180, 160, 100, 100, 180, 160), "has no area"),
        ((100, 100, 180, 160, 180, 160), "fewer than 3 distinct corners"),
        ((100, 100, 180, 160, 180, 100, 100, 160), "crosses itself"),
        ((100, 100, 140, 130, 180, 160), "has no area"),
        ((100, 100, 180, 100, 180, 170), "reaches out of its box"),
        ((-1, 100, 180, 100, 180, 160), "reaches out of its image"),
    ],
)
def test_bad_rings(ring: tuple[float, ...], fault: str):
    answer = said(outlined(RING), outlined(RING, ring))
    assert details(answer["polygon-invalid"]) == [f"bolt at 100,100 (80x60): {fault}"]


def test_good_ones_and_slips_of_the_pen():
    slip = (100, 100, 180, 100, 180, 160, 140, 160, 140.5, 160.4, 140.5, 159.6, 139.5, 160, 100, 160)
    turned = outlined((-5.0, 120, 120, 90, 130, 130, 20, 170), box=(-5.0, 95, 125, 60), shape="oriented")
    answer = said(outlined(RING), outlined(slip), outlined((*RING, 100, 100)), turned)
    assert {code: each.total for code, each in answer.items()} == {"polygon-invalid": 0, "area-contradicts-shape": 0}


@pytest.mark.parametrize(
    ("area", "total"), [(3600, 0), (3900, 0), (3300, 0), (4000, 1), (3200, 1), (0, 1), (4800, 1), (None, 0)]
)
def test_areas_of_outlines(area: float | None, total: int):
    assert said(outlined(RING, area=area))["area-contradicts-shape"].total == total


def test_areas_without_outlines_may_be_those_of_masks():
    boxes = [one(0, (10.0 + 60 * i, 10, 50, 50), area=2500.0) for i in range(9)]
    masks = [one(0, (10.0 + 60 * i, 200, 50, 50), area=1200.0) for i in range(9)]
    impossible = one(0, (10, 300, 50, 50), area=9000.0)
    assert said(*boxes, *masks, impossible)["area-contradicts-shape"].total == 1
    assert said(*boxes, one(0, (10, 200, 50, 50), area=1200.0))["area-contradicts-shape"].total == 1
    shaped = one(0, (10, 200, 50, 50), area=1200.0, shape="mask")
    assert said(*boxes, shaped)["area-contradicts-shape"].total == 0
    crowd = one(0, (10, 200, 50, 50), area=9e5, crowd=True)
    assert said(*boxes, crowd)["area-contradicts-shape"].total == 0


@pytest.mark.parametrize(
    ("area", "total"), [(1, 1), (0, 1), (-5, 1), (480, 1), (600, 0), (4000, 0), (10_000, 0), (10_900, 0), (11_100, 1)]
)
def test_areas_that_no_box_leaves_are_named_and_not_believed(area: float, total: int):
    listed = [one(0, (10.0 + 120 * i, 10, 100, 100), area=float(area)) for i in range(5)]
    masks = [picture(f"{i}.jpg", [one(0, (10, 10, 100, 100), area=5000.0)]) for i in range(60)]
    answer = found(shapes.find, [*masks, picture("x.jpg", listed)])["area-contradicts-shape"]
    assert answer.total == 5 * total
    assert details(answer)[:1] == [f"bolt at 10,10 (100x100): area {area}, drawn are 10000"] * total
    small = found(sizes.find, [*masks, picture("x.jpg", listed)])["objects-small"]
    assert small.total == (5 if not total and area < 1024 else 0)


def test_every_area_wrong_is_no_habit():
    pictures = [picture(f"{i}.jpg", [one(0, (10, 10, 100, 100), area=1.0)]) for i in range(60)]
    assert found(shapes.find, pictures)["area-contradicts-shape"].total == 60
    assert found(sizes.find, pictures)["objects-small"].total == 0


@pytest.mark.parametrize("place", ["datasets/coco_mini_cc", "eval/pairs/cocoapi/instances_val2014_100.json"])
def test_cocos_own_areas_without_their_outlines_are_believed(shared_data: Path, place: str):
    read = open_dataset(shared_data / place)
    bare = tuple(
        msgspec.structs.replace(
            one,
            annotations=tuple(
                msgspec.structs.replace(each, polygon=(), shape="box", mask_px=None) for each in one.annotations
            ),
        )
        for one in read.pictures
    )
    answer = shapes.find(Seen(msgspec.structs.replace(read, pictures=bare), {}, {}, None))
    assert answer["area-contradicts-shape"].total == 0


@pytest.mark.parametrize(("area", "total"), [(1200, 0), (1290, 0), (1400, 1), (2500, 1), (0, 1)])
def test_areas_of_masks_are_what_their_codes_count(area: float, total: int):
    coded = one(0, (10, 200, 50, 50), area=float(area), shape="mask", mask_px=1200)
    assert said(msgspec.structs.replace(coded, crowd=True))["area-contradicts-shape"].total == 0
    listing = said(coded)["area-contradicts-shape"]
    assert listing.total == total
    assert details(listing) == [f"bolt at 10,200 (50x50): area {area}, drawn are 1200"] * total


def test_cocos_own_areas_are_those_of_its_outlines_and_its_crowds_are_left_alone(shared_data: Path):
    for place in ("datasets/coco_mini_cc", "eval/pairs/cocoapi/instances_val2014_100.json"):
        answer = shapes.find(Seen(open_dataset(shared_data / place), {}, {}, None))
        assert answer["area-contradicts-shape"].total == 0


def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch):
    rng = np.random.default_rng(0)
    objects = [outlined(tuple(rng.uniform(100, 160, 12).tolist()), area=1500.0) for _ in range(40)]
    whole = said(*objects)
    monkeypatch.setattr(shapes, "_BLOCK", 30)
    assert said(*objects) == whole
    assert whole["polygon-invalid"].total > 10


def test_faults_of_the_reader_stand_beside_those_that_are_measured():
    fault = Fault("train/x.jpg annotation 7", "a ring of 5 numbers", "polygon-invalid")
    bad = outlined((100, 100, 180, 160, 180, 100, 100, 160))
    listing = said(bad, faults=(fault,))["polygon-invalid"]
    assert listing.total == 2
    assert [(item.images, item.detail) for item in listing.items] == [
        (("train/x.jpg",), "annotation 7: a ring of 5 numbers"),
        (("train/x.jpg",), "bolt at 100,100 (80x60): crosses itself"),
    ]


def test_a_classifier_has_none():
    assert shapes.find(Seen(labelled([], task="classification"), {}, {}, None)) == {}
