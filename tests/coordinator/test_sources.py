"""Names that tell where an image comes from."""

import re
from pathlib import Path

import pytest
from PIL import Image

from parts_dataset import Parts
from readiness.evidence.dataset import Dataset
from readiness_coordinator import formats
from readiness_coordinator.formats.labelled import Picture
from readiness_coordinator.origins import recording_of, source_of
from readiness_coordinator.scan.dataset import scan
from readiness_coordinator.scan.seen import Options


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
        ("clip-0044.jpg", "clip"),
        ("gate_clip-0044_000123.jpg", "gate_clip-0044"),
        ("train/seq03_000123.png", "seq03"),
        ("GX010034_0012.jpg", "GX010034"),
        ("DJI_0021_000123.jpg", "DJI_0021"),
        ("cam2_2023-01-17_17-25-23_00044.jpg", "cam2_2023-01-17_17-25-23"),
        ("WIN_20230117_17_25_23_Pro-0013.jpg", "WIN_20230117_17_25_23_Pro"),
        ("BloodImage_00007.jpg", None),
        ("000000159269.jpg", None),
        ("glass115.jpg", None),
        ("IMG_20230117_172523.jpg", None),
        ("IMG_0001.jpg", None),
        ("COCO_train2014_000000000123.jpg", None),
        ("2007_000027.jpg", None),
        ("n01440764_10026.JPEG", None),
        ("ILSVRC2012_val_00000293.JPEG", None),
        ("DSC_0042.jpg", None),
        ("20230117_0007.jpg", None),
        ("20230117172523.jpg", None),
        ("american_bulldog_12.jpg", None),
        ("GOPR0042.jpg", None),
        ("part_v2_batch3_00017.jpg", None),
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


def scanned(root: Path, **options: object) -> Dataset:
    return scan(formats.open_dataset(root), observed_at="2026-11-23T12:00:00Z", options=Options(**options))


def taken(file: Path, at: str, camera: str = "D5300") -> None:
    exif = Image.Exif()
    exif[0x0110] = camera
    exif.get_ifd(0x8769)[0x9003] = at
    with Image.open(file) as image:
        pixels = image.copy()
    pixels.save(file, exif=exif)


def test_a_burst_of_one_camera_in_two_splits(tmp_path: Path):
    root = Parts(tmp_path / "parts", train=6, test=3).root
    for name, at, camera in (
        ("train/train000.png", "2026:11:23 12:00:00", "D5300"),
        ("train/train001.png", "2026:11:23 12:00:04", "D5300"),
        ("test/test000.png", "2026:11:23 12:00:09", "D5300"),
        ("test/test001.png", "2026:11:23 12:00:15", "D5300"),
        ("test/test002.png", "2026:11:23 12:00:02", "EOS R6"),
        ("train/train002.png", "2026:13:23 12:00:15", "D5300"),
    ):
        taken(root / name, at, camera)
    (item,) = scanned(root).listed("burst-shared-across-splits").items
    assert item.images == ("test/test000.png", "train/train000.png", "train/train001.png")
    assert item.detail == "D5300 at 2026-11-23 12:00:00: 1 in test, 2 in train"


def test_groups_are_those_that_the_user_names(tmp_path: Path):
    parts = Parts(tmp_path / "parts", train=4, test=2)
    assert scanned(parts.root).listed("group-shared-across-splits").total == 0
    listing = scanned(parts.root, group=re.compile(r"(00\d)\.png")).listed("group-shared-across-splits")
    assert [item.detail for item in listing.items] == ["000: 1 in test, 1 in train", "001: 1 in test, 1 in train"]
    assert scanned(parts.root, group=re.compile("train|test")).listed("group-shared-across-splits").total == 0
