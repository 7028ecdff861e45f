"""Thumbnails of damaged files: whatever one does to the process that draws it, the page is made and nothing printed."""

import os
from pathlib import Path

import cv2
import pytest

from parts_dataset import picture
from readiness.evidence.dataset import Item
from readiness_coordinator.formats.labelled import Picture
from readiness_coordinator.web import thumbnails


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
