"""Slices of images and objects, at their edges."""

from pathlib import Path

import msgspec
import numpy as np
import pytest

from readiness_coordinator.formats.labelled import Annotation, Picture
from readiness_coordinator.slices import (
    ASPECTS,
    POSITIONS,
    SIZES,
    aspects,
    object_size,
    object_sizes,
    picture_slices,
    position,
    positions,
    slices_of,
)

PLAIN = Picture(name="a.jpg", file=Path("a.jpg"), split="test", key=1)
SAID = Picture(
    name="a.jpg", file=Path("a.jpg"), split="test", key=1, tags={"light": "glare", "recording": "r1", "blur": "2.0"}
)


def flat(value: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.full((48, 64, 3), value, dtype=np.uint8)


@pytest.mark.parametrize(
    ("luma", "light"),
    [(39, "dark"), (40, "dim"), (79, "dim"), (80, "well_lit"), (179, "well_lit"), (180, "bright")],
)
def test_light_by_mean_luma(luma: int, light: str):
    assert picture_slices(PLAIN, flat(luma))["light"] == light


def test_sharpness_is_beside_contrast():
    stripes = flat(90)
    stripes[:, ::2] = 110
    ramp = np.repeat(np.linspace(0, 255, 64, dtype=np.uint8)[None, :, None], 48, axis=0).repeat(3, axis=2)
    assert picture_slices(PLAIN, flat(90))["sharpness"] == "blurry"
    assert picture_slices(PLAIN, ramp)["sharpness"] == "blurry"
    assert picture_slices(PLAIN, stripes)["sharpness"] == "sharp"
    assert picture_slices(PLAIN, stripes // 4)["sharpness"] == "sharp"


def test_what_the_labels_say_goes_before_what_is_seen():
    said = {"light": "glare", "recording": "r1", "crowding": "empty"}
    assert picture_slices(SAID, flat(10)) == {**said, "sharpness": "blurry"}
    assert picture_slices(SAID, None) == said
    assert picture_slices(PLAIN, None) == {"crowding": "empty"}
    assert slices_of(SAID, None, camera="Basler acA1920") == {**said, "camera": "basler_aca1920"}


def test_recordings_are_read_from_names_too():
    frame = msgspec.structs.replace(PLAIN, name="yard_mp4-0012.jpg")
    assert slices_of(frame, None)["recording"] == "yard_mp4"


@pytest.mark.parametrize(
    ("objects", "crowding"),
    [(0, "empty"), (1, "single"), (2, "few"), (5, "few"), (6, "many"), (20, "many"), (21, "crowded")],
)
def test_crowding_by_objects_that_are_no_crowds(objects: int, crowding: str):
    one = Annotation(id="1", row=0, box=(0, 0, 5, 5))
    several = msgspec.structs.replace(one, crowd=True)
    picture = msgspec.structs.replace(PLAIN, annotations=(*[one] * objects, several))
    assert slices_of(picture, None)["crowding"] == crowding


def test_crowding_of_what_was_not_labelled_is_unknown():
    for unknown in ({"labelled": False}, {"label": "bolt"}):
        assert "crowding" not in slices_of(msgspec.structs.replace(PLAIN, **unknown), None)


@pytest.mark.parametrize(
    ("taken", "part"),
    [
        ("2026:11:23 04:59:59", "night"),
        ("2026:11:23 05:00:00.25", "dawn"),
        ("2026:11:23 08:00:00", "day"),
        ("2026:11:23 17:00:00", "dusk"),
        ("2026:11:23 21:00:00", "night"),
        ("", None),
        ("yesterday", None),
    ],
)
def test_time_of_day_by_the_cameras_clock(taken: str, part: str | None):
    assert slices_of(PLAIN, None, taken=taken).get("time_of_day") == part


@pytest.mark.parametrize(
    ("box", "place"),
    [
        ((40, 40, 20, 20), "centre"),
        ((0, 40, 20, 20), "edge"),
        ((40, 80, 20, 20), "edge"),
        ((80, 80, 20, 20), "corner"),
        (None, None),
    ],
)
def test_position_by_the_third_of_the_frame(box: tuple[float, float, float, float] | None, place: str | None):
    assert position(msgspec.structs.replace(PLAIN, width=100, height=100), box) == place
    assert position(PLAIN, box) is None


@pytest.mark.parametrize(
    ("area", "size"),
    [(0, "small"), (1023.9, "small"), (1024, "medium"), (9215.9, "medium"), (9216, "large")],
)
def test_object_sizes_are_cocos(area: float, size: str):
    assert object_size(area) == size


def test_many_objects_at_once_are_as_each_one_by_itself():
    rng = np.random.default_rng(0)
    boxes = np.round(rng.uniform(-20, 110, (500, 4)) / 10) * 10
    frames = np.tile([[100.0, 100.0], [90.0, 60.0], [0.0, 50.0]], (167, 1))[:500]
    places = positions(boxes, frames)
    for box, (width, height), place in zip(boxes.tolist(), frames.tolist(), places.tolist(), strict=True):
        picture = msgspec.structs.replace(PLAIN, width=int(width), height=int(height))
        assert position(picture, tuple(box)) == (None if place < 0 else POSITIONS[place])
    areas = np.array([0, 1023.9, 1024, 9215.9, 9216, 1e6])
    assert [SIZES[i] for i in object_sizes(areas)] == [object_size(area) for area in areas.tolist()]


@pytest.mark.parametrize(
    ("width", "height", "aspect"),
    [(20, 10, "compact"), (20.1, 10, "wide"), (10, 20, "compact"), (10, 20.1, "tall"), (0, 10, None), (10, -1, None)],
)
def test_aspect_is_by_twice_the_other_side(width: float, height: float, aspect: str | None):
    (place,) = aspects(np.array([[5, 5, width, height]], dtype=float)).tolist()
    assert (None if place < 0 else ASPECTS[place]) == aspect
