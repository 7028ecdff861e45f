"""Whole datasets of another kind than photographs: none of their pictures is called dark, bright, blurred or empty."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from parts_dataset import picture
from readiness.evidence.dataset import Listing
from readiness_coordinator import formats
from readiness_coordinator.scan.finders import images, looks
from readiness_coordinator.scan.seen import Seen
from readiness_coordinator.scan.view import look_at

Rng = np.random.Generator
Array = np.ndarray[Any, Any]
COUNT = 40
LIGHT = {"image-dark", "image-bright", "image-blurry", "image-low-information"}


def page(rng: Rng) -> Array:
    """Black words on white, some pages full and some with a few lines."""
    drawn = np.full((400, 300), 255, np.uint8)
    for line in range(int(rng.integers(6, 22))):
        said = "".join(rng.choice(list("abcdefghij klmnop"), 26))
        cv2.putText(drawn, said, (20, 30 + 16 * line), cv2.FONT_HERSHEY_PLAIN, 0.8, 0)
    return drawn


def digit(rng: Rng) -> Array:
    drawn = np.zeros((28, 28), np.uint8)
    place = (5 + int(rng.integers(-2, 3)), 22)
    cv2.putText(drawn, str(rng.integers(10)), place, cv2.FONT_HERSHEY_SIMPLEX, 0.8, 255, 2, cv2.LINE_AA)
    return drawn


def stained_cells(rng: Rng) -> Array:
    light = np.zeros((160, 160), np.float32)
    for _ in range(int(rng.integers(6, 16))):
        x, y = rng.integers(5, 155, 2).tolist()
        cv2.circle(light, (x, y), int(rng.integers(3, 6)), float(rng.uniform(150, 250)), -1)
    grain = rng.normal(2, 1.5, light.shape)
    return np.clip(cv2.GaussianBlur(light, (0, 0), 1) + grain, 0, 255).astype(np.uint8)


def sprite(rng: Rng) -> Array:
    drawn = np.zeros((64, 64, 4), np.uint8)
    for _ in range(4):
        x, y = rng.integers(8, 40, 2).tolist()
        drawn[y : y + 14, x : x + 10] = (*rng.integers(60, 250, 3).tolist(), 255)
    return drawn


def twelve_bits(rng: Rng) -> Array:
    grey = cv2.cvtColor(picture(int(rng.integers(1_000_000))), cv2.COLOR_BGR2GRAY)
    return grey.astype(np.uint16) * 16


def tiny_and_soft(rng: Rng) -> Array:
    shrunk = cv2.resize(picture(int(rng.integers(1_000_000))), (32, 32), interpolation=cv2.INTER_AREA)
    return cv2.GaussianBlur(shrunk, (0, 0), 1.6)


def listed(root: Path, pictures: list[Array]) -> dict[str, Listing]:
    for number, pixels in enumerate(pictures):
        file = root / "ab"[number % 2] / f"{number:02d}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(file), pixels)
    labelled = formats.open_dataset(root)
    views = {one.name: look_at(str(one.file)).view for one in labelled.pictures}
    seen = Seen(labelled, views, {}, None)
    return {**images.find(seen), **looks.find(seen)}


@pytest.mark.parametrize("draw", [page, digit, stained_cells, sprite, twelve_bits, tiny_and_soft])
def test_a_kind_of_picture_is_no_fault_of_each(tmp_path: Path, draw: Callable[[Rng], Array]):
    rng = np.random.default_rng(7)
    found = listed(tmp_path / "set", [draw(rng) for _ in range(COUNT)])
    assert {code for code in LIGHT if found[code].total} == set()


@pytest.mark.parametrize(
    ("draw", "code", "empty"),
    [
        (page, "image-bright", np.full((400, 300), 254, np.uint8)),
        (page, "image-low-information", np.full((400, 300), 254, np.uint8)),
        (digit, "image-dark", np.zeros((28, 28), np.uint8)),
        (stained_cells, "image-dark", stained_cells(np.random.default_rng(1)) // 16),
        (sprite, "image-low-information", np.full((64, 64, 4), 90, np.uint8)),
    ],
)
def test_the_one_that_shows_nothing_is_still_found_among_them(
    tmp_path: Path, draw: Callable[[Rng], Array], code: str, empty: Array
):
    rng = np.random.default_rng(7)
    found = listed(tmp_path / "set", [empty, *(draw(rng) for _ in range(COUNT - 1))])
    assert found[code].images() == ("a/00.png",)


def test_a_page_with_nothing_but_its_number_shows_next_to_nothing(tmp_path: Path):
    rng = np.random.default_rng(7)
    bare = np.full((400, 300), 255, np.uint8)
    bare[380:388, 148:152] = 0
    found = listed(tmp_path / "set", [bare, *(page(rng) for _ in range(COUNT - 1))])
    assert found["image-low-information"].images() == ("a/00.png",)


def test_a_fault_of_all_photographs_is_told_of_all(tmp_path: Path):
    dim = listed(tmp_path / "dim", [picture(number) // 5 for number in range(COUNT)])
    assert dim["image-dark"].total == COUNT
    soft = listed(tmp_path / "soft", [cv2.GaussianBlur(picture(number), (0, 0), 4) for number in range(COUNT)])
    assert soft["image-blurry"].total == COUNT
    white = listed(tmp_path / "white", [245 + picture(number) // 26 for number in range(COUNT)])
    assert white["image-bright"].total == COUNT


def test_what_readers_make_of_twelve_bits_is_told_as_such(tmp_path: Path):
    rng = np.random.default_rng(7)
    found = listed(tmp_path / "set", [twelve_bits(rng) for _ in range(COUNT)])
    assert found["image-mode-odd"].total == COUNT
    assert found["image-mode-odd"].items[0].detail == "16 bits a channel, whose upper 8 hold next to nothing"


def test_a_picture_a_little_darker_than_the_rest_is_not_far_below_them(tmp_path: Path):
    dim = picture(0) // 3
    dim[:20, :20] = 255
    pictures = [np.roll(dim, number * 3, axis=1) for number in range(COUNT)]
    pictures[0] = np.where(dim == 255, 255, dim // 4 * 3)
    assert listed(tmp_path / "set", pictures)["image-dark"].total == 0
