"""Names that tell where an image comes from."""

from pathlib import Path

import pytest

from readiness_coordinator.formats.labelled import Picture
from readiness_coordinator.scan.finders.sources import recording_of, source_of


def named(name: str, label: str | None = None, **tags: str) -> Picture:
    return Picture(name=name, file=Path(name), split="train", key=name, label=label, tags=tags)


@pytest.mark.parametrize(
    ("name", "recording"),
    [
        ("train/WIN_20230117_17_25_23_Pro_mp4-13_jpg.rf.310fcd.jpg", "WIN_20230117_17_25_23_Pro_mp4"),
        ("a/gate.mov_frame0012.png", "gate.mov"),
        ("yard_avi-0044_png.rf.9a.jpg", "yard_avi"),
        ("a/dock_frame_0001.jpg", "dock_frame"),
        ("frame_0001.jpg", "frame"),
        ("VIRB0003-118.jpg", "VIRB0003"),
        ("BloodImage_00007.jpg", None),
        ("000000159269.jpg", None),
        ("glass115.jpg", None),
        ("IMG_20230117_172523.jpg", None),
    ],
)
def test_recordings_are_read_from_names_that_say_so(name: str, recording: str | None):
    assert recording_of(named(name)) == recording


def test_what_the_labels_say_goes_first():
    assert recording_of(named("clip_mp4-1.jpg", recording="belt 7")) == "belt 7"
    assert recording_of(named("a.jpg", video="v1")) == "v1"


def test_sources_are_read_from_exported_copies_only():
    assert source_of(named("train/a_jpg.rf.310fCD.jpg")) == "a_jpg"
    assert source_of(named("train/a_jpg.jpg")) is None
    assert source_of(named("nut/1_jpg.rf.00.jpg", "nut")) != source_of(named("bolt/1_jpg.rf.11.jpg", "bolt"))
