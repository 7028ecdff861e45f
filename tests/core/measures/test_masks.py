"""Class masks: regions against brute force; stray values on real masks, as they are and resized or compressed."""

import io
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from readiness.measures import masks

Array = np.ndarray[Any, Any]


def shapes(seed: int, values: list[int], size: int = 160) -> Array:
    """Discs of the given values on 0, with a line of each one pixel wide."""
    rng = np.random.default_rng(seed)
    mask = np.zeros((size, size), np.uint8)
    for value in values:
        x, y, radius = rng.integers(20, size - 20, 3)
        cv2.circle(mask, (int(x), int(y)), 8 + int(radius) // 8, value, -1)
    return mask


def real(shared_data: Path) -> list[Array]:
    files = sorted((shared_data / "datasets/coco_mini_cc/masks").glob("*.png"))
    return [np.asarray(Image.open(file)) for file in files]


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), top=st.integers(1, 40), wide=st.booleans())
def test_regions_are_those_of_brute_force(seed: int, top: int, wide: bool):
    rng = np.random.default_rng(seed)
    height, width = (int(side) for side in rng.integers(1, 12, 2))
    values = rng.integers(0, top, (height, width)).astype(np.uint16 if wide else np.uint8)
    values[rng.random((height, width)) < 0.2] = 65535 if wide else 255
    found = masks.regions(values)
    assert [one.value for one in found] == np.unique(values).tolist()
    for one in found:
        ys, xs = np.nonzero(values == one.value)
        assert one.pixels == len(ys)
        assert one.box == (xs.min(), ys.min(), np.ptp(xs) + 1, np.ptp(ys) + 1)


def test_counting_in_blocks_changes_nothing(monkeypatch: pytest.MonkeyPatch):
    mask = shapes(3, [3, 9, 27])
    whole, strays = masks.regions(mask), masks.stray(cv2.blur(mask, (3, 3)))
    monkeypatch.setattr(masks, "_BLOCK", 1000)
    assert (masks.regions(mask), masks.stray(cv2.blur(mask, (3, 3)))) == (whole, strays)
    assert strays


def test_the_bird_of_coral_has_two_values_along_its_edge(shared_data: Path):
    bird = np.asarray(Image.open(shared_data / "datasets/segmentation_samples/bird_segmentation_mask.bmp"))
    assert masks.stray(bird, ignore=255) == {1, 2}
    assert sum(one.pixels for one in masks.regions(bird) if one.value in {1, 2}) == 1237


@pytest.mark.parametrize("name", ["dog_segmentation_mask.bmp", "segmentation_golden_rotation0.png"])
def test_a_thin_border_class_and_spread_values_are_no_strays(shared_data: Path, name: str):
    mask = np.asarray(Image.open(shared_data / "datasets/segmentation_samples" / name))
    assert masks.stray(mask) == masks.stray(mask, ignore=255) == frozenset()


def test_clean_masks_have_none_under_any_numbering(shared_data: Path):
    rng = np.random.default_rng(5)
    for mask in real(shared_data):
        assert masks.stray(mask, ignore=255) == frozenset()
        for _ in range(3):
            numbering = np.append(rng.permutation(255), 255).astype(np.uint8)
            assert masks.stray(numbering[mask], ignore=255) == frozenset()


@pytest.mark.parametrize("factor", [0.5, 1.5, 3.0])
@pytest.mark.parametrize("kernel", [cv2.INTER_LINEAR, cv2.INTER_CUBIC])
def test_interpolation_is_found_in_every_mask_and_nearest_neighbour_in_none(
    shared_data: Path, factor: float, kernel: int
):
    for mask in real(shared_data):
        size = {"dsize": None, "fx": factor, "fy": factor}
        resized = cv2.resize(mask, **size, interpolation=kernel)
        new = set(np.unique(resized).tolist()) - set(np.unique(mask).tolist())
        found = masks.stray(resized, ignore=255)
        assert len(found & new) >= 0.9 * len(new) > 0
        assert masks.stray(cv2.resize(mask, **size, interpolation=cv2.INTER_NEAREST), ignore=255) == frozenset()


@pytest.mark.parametrize("quality", [75, 95])
def test_a_jpeg_of_two_tones_is_cleaned_and_mostly_so_when_kept_as_png(shared_data: Path, quality: int):
    cleaned = []
    for mask in real(shared_data)[::3]:
        buffer = io.BytesIO()
        Image.fromarray(np.where(mask > 0, 255, 0).astype(np.uint8)).save(buffer, "JPEG", quality=quality)
        spoilt = np.asarray(Image.open(buffer))
        held = set(np.unique(spoilt).tolist())
        assert held - masks.stray(spoilt, lossy=True) <= {0, 255}
        cleaned.append(held - masks.stray(spoilt) <= {0, 255})
    assert np.mean(cleaned) >= 0.9


def test_thin_lanes_numbered_in_a_row_are_classes():
    lanes = np.zeros((120, 160), np.uint8)
    for lane in range(1, 6):
        cv2.line(lanes, (30 * lane, 0), (30 * lane - 20, 119), lane, 2)
    assert masks.stray(lanes, ignore=255) == frozenset()


def test_pixels_to_be_ignored_are_no_side_of_a_seam():
    # VOC draws 255 around each object: a thin object of 4 between background and border is no seam.
    mask = np.zeros((60, 60), np.uint8)
    mask[20:23, :] = 255
    mask[23:24, :] = 4
    assert masks.stray(mask) == {4}
    assert masks.stray(mask, ignore=255) == frozenset()


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_turning_a_mask_changes_nothing(seed: int):
    mask = cv2.resize(shapes(seed, [3, 9, 27]), None, fx=1.5, fy=1.5, interpolation=cv2.INTER_LINEAR)
    assert len({masks.stray(np.ascontiguousarray(np.rot90(mask, turn))) for turn in range(4)}) == 1
