"""Thumbnails of damaged files: whatever one does to the process that draws it, the page is made and nothing printed."""

import base64
import os
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

from parts_dataset import picture
from readiness.evidence.dataset import Item
from readiness_coordinator.formats.labelled import Picture
from readiness_coordinator.web import thumbnails
from readiness_coordinator.web.thumbnails import Box, Shot


def ends(file: str, item: Item | None) -> str | None:
    """Draw, but end the process at a file of that name, as a fault in a decoder's native code does."""
    if file.endswith("fatal.png"):
        os.kill(os.getpid(), 9)
    return thumbnails.data_uri(Picture(name="", file=Path(file), split="", key=""), item)


@pytest.fixture
def pictures(tmp_path: Path) -> dict[str, Picture]:
    whole = cv2.imencode(".png", picture(1))[1].tobytes()
    jpeg = cv2.imencode(".jpg", picture(2))[1].tobytes()
    held = {
        "a.png": whole,
        "cut.png": whole[: len(whole) // 2],
        "fatal.png": whole,
        "hole.jpg": jpeg[:900] + jpeg[990:],
    }
    for name, data in held.items():
        (tmp_path / name).write_bytes(data)
    return {name: Picture(name=name, file=tmp_path / name, split="train", key=name) for name in (*held, "gone.png")}


def shown(pictures: dict[str, Picture], most: int = 9) -> dict[str, bool]:
    items = tuple(Item(images=(name,), boxes=((5.0, 5.0, 20.0, 20.0),)) for name in pictures)
    return {name: uri is not None for name, uri in thumbnails.of_items(items, pictures, most)}


def test_a_damaged_file_is_not_shown_and_the_decoders_words_reach_nobody(
    pictures: dict[str, Picture], capfd: pytest.CaptureFixture[str]
):
    there = {"a.png": True, "cut.png": False, "fatal.png": True, "hole.jpg": True, "gone.png": False}
    assert shown(pictures) == there
    assert capfd.readouterr().err == ""
    assert list(shown(pictures, 2)) == ["a.png", "cut.png"]


def test_a_file_that_ends_its_decoder_costs_only_itself(pictures: dict[str, Picture], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(thumbnails, "_in_time", ends)
    assert shown(pictures) == {"a.png": True, "cut.png": False, "fatal.png": False, "hole.jpg": True, "gone.png": False}


def grey_crop(tmp_path: Path, box: Box | None, object_box: Box | None) -> np.ndarray:
    """The crop of a failure in a grey image of 800 x 600 pixels, in grey values."""
    file = tmp_path / "grey.png"
    cv2.imwrite(str(file), np.full((600, 800, 3), 128, np.uint8))
    there = {"grey.png": Picture(name="grey.png", file=file, split="test", key="grey.png")}
    (uri,) = thumbnails.crops([Shot("grey.png", box, object_box)], there)
    assert uri is not None
    return cv2.imdecode(np.frombuffer(base64.b64decode(uri.partition(",")[2]), np.uint8), cv2.IMREAD_GRAYSCALE)


def test_a_crop_has_the_box_in_its_middle_with_a_margin_around_it(tmp_path: Path):
    shown = grey_crop(tmp_path, (360.0, 270.0, 80.0, 60.0), None)
    assert shown.shape == (168, 224)
    lines = np.flatnonzero(np.abs(shown[84].astype(int) - 128) > 60)
    assert 224 / 2 - 70 < lines.min() < 224 / 2 - 55
    assert 224 / 2 + 55 < lines.max() < 224 / 2 + 70


def test_the_box_of_the_answer_is_whole_and_that_of_the_object_dashed(tmp_path: Path):
    box = (360.0, 270.0, 80.0, 60.0)

    def top(shown: np.ndarray) -> np.ndarray:
        return shown[shown[:40, 80:140].mean(axis=1).argmax(), 60:160]

    whole, dashed = top(grey_crop(tmp_path, box, None)), top(grey_crop(tmp_path, None, box))
    assert whole.min() > 160
    assert dashed.min() < 110
    assert dashed.max() > 200


@pytest.mark.parametrize(
    "box",
    [
        None,
        (-50.0, -50.0, 60.0, 60.0),
        (790.0, 590.0, 900.0, 900.0),
        (9000.0, 9000.0, 5.0, 5.0),
        (10.0, 10.0, 0.0, 0.0),
    ],
)
def test_any_box_gives_a_crop(tmp_path: Path, box: Box | None):
    height, width = grey_crop(tmp_path, box, box).shape
    assert 0 < height <= 168
    assert 0 < width <= 224


def crops_or_ends(file: str, shots: Sequence[Shot]) -> list[str | None]:
    """Crop, but end the process at a file of that name."""
    if file.endswith("fatal.png"):
        os.kill(os.getpid(), 9)
    return thumbnails._cropped(file, shots)


def test_a_crop_of_a_damaged_or_missing_image_is_none_and_costs_only_itself(
    pictures: dict[str, Picture], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(thumbnails, "_crops_in_time", crops_or_ends)
    names = ["a.png", "fatal.png", "cut.png", "unknown.png", "a.png", "gone.png", "hole.jpg"]
    drawn = thumbnails.crops([Shot(name, (5.0, 5.0, 20.0, 20.0), None) for name in names], pictures)
    assert [one is not None for one in drawn] == [True, False, False, False, True, False, True]
    assert capfd.readouterr().err == ""
