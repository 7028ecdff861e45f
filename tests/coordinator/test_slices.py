"""Slices of images and objects, at their edges."""

from pathlib import Path

import numpy as np
import pytest

from readiness_coordinator.formats.labelled import Picture
from readiness_coordinator.slices import object_size, picture_slices

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


def test_sharpness():
    stripes = flat(0)
    stripes[:, ::2] = 200
    assert picture_slices(PLAIN, flat(90))["sharpness"] == "blurry"
    assert picture_slices(PLAIN, stripes)["sharpness"] == "sharp"


def test_what_the_labels_say_goes_before_what_is_seen():
    assert picture_slices(SAID, flat(10)) == {"light": "glare", "sharpness": "blurry", "recording": "r1"}
    assert picture_slices(SAID, None) == {"light": "glare", "recording": "r1"}
    assert picture_slices(PLAIN, None) == {}


@pytest.mark.parametrize(
    ("area", "size"),
    [(0, "small"), (1023.9, "small"), (1024, "medium"), (9215.9, "medium"), (9216, "large")],
)
def test_object_sizes_are_cocos(area: float, size: str):
    assert object_size(area) == size
