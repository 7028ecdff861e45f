"""Whatever CVAT, LabelMe, mask or corners files hold gives a dataset or one line; no format takes another's."""

import json
import shutil
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from parts_dataset import picture
from readiness import canonical
from readiness_coordinator.formats import Labelled, Unreadable, names, open_dataset
from readiness_coordinator.formats.version import digest

LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.sampled_from(["nut", "", "1", "polygon", "mask", "circle", "../a.png", [1, 2], [[1, 2], [3, 4]], "\ud800"]),
    st.text(max_size=8),
)
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=4), max_leaves=8)
SHAPES = st.lists(
    st.one_of(st.dictionaries(st.sampled_from(["label", "points", "shape_type", "group_id", "mask"]), VALUES), VALUES),
    max_size=5,
)
QUICK = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def survives(folder: Path, kind: str = "auto") -> None:
    try:
        read = open_dataset(folder, format=kind)
    except Unreadable as error:
        line = str(error)
    else:
        line = ""
        _is_whole(read)
    assert "\n" not in line


def _is_whole(read: Labelled) -> None:
    canonical.encode([read.faults, read.pictures and [one.annotations for one in read.pictures], read.classes])
    for one in read.pictures:
        assert all(0 <= found.row < len(read.classes) for found in one.annotations)
        assert one.label is None or one.label in read.classes
    digest(read)


@QUICK
@given(shapes=SHAPES, more=st.dictionaries(st.sampled_from(["imagePath", "imageWidth", "flags", "imageData"]), VALUES))
def test_labelme(tmp_path: Path, shapes: list[Any], more: dict[str, Any]):
    cv2.imwrite(str(tmp_path / "a.png"), picture(1))
    (tmp_path / "a.json").write_text(json.dumps({"version": "5", "shapes": shapes, **more}))
    survives(tmp_path)
    survives(tmp_path, "labelme")


@QUICK
@given(data=st.binary(max_size=120))
def test_labelme_bytes(tmp_path: Path, data: bytes):
    (tmp_path / "a.png").write_bytes(b"x")
    (tmp_path / "a.json").write_bytes(data)
    survives(tmp_path, "labelme")


@QUICK
@given(
    inside=st.text(alphabet="<>/&;! =\"'boxlabelnutrkidfmegtxypoints0123456789.,-", max_size=160),
    words=st.lists(
        st.one_of(st.text(max_size=6), st.floats().map(str), st.integers().map(str)), min_size=5, max_size=5
    ),
)
def test_cvat(tmp_path: Path, inside: str, words: list[str]):
    safe = [word.translate({ord(sign): None for sign in '<>&"\0'}) for word in words]
    safe = ["".join(sign for sign in word if sign.isprintable()) for word in safe]
    x1, y1, x2, y2, turn = safe
    shapes = f'<box label="nut" xtl="{x1}" ytl="{y1}" xbr="{x2}" ybr="{y2}" rotation="{turn}"/>'
    shapes += f'<mask label="nut" rle="{x1},{y1}" left="{x2}" top="{y2}" width="{turn}" height="{x1}"/>'
    shapes += f'<polygon label="nut" points="{x1},{y1};{x2},{y2};{turn},{x1}"/><ellipse label="nut" cx="{x1}"/>'
    tracks = f'<track id="{x1}" label="nut"><box frame="{y1}" xtl="1"/></track>'
    image = f'<image id="{x1}" name="{y1 or "a.png"}" width="{x2}">{shapes}</image>'
    (tmp_path / "annotations.xml").write_text(f"<annotations>{image}{tracks}{inside}</annotations>", errors="replace")
    survives(tmp_path)
    (tmp_path / "annotations.xml").write_text(f"<annotations>{inside}{image}</annotations>", errors="replace")
    survives(tmp_path, "cvat")


@QUICK
@given(data=st.binary(max_size=80), rows=st.lists(st.lists(LEAVES, max_size=7), max_size=4))
def test_corners(tmp_path: Path, data: bytes, rows: list[list[Any]]):
    (tmp_path / "ground-truth").mkdir(exist_ok=True)
    (tmp_path / "images").mkdir(exist_ok=True)
    for stem in "ab":
        (tmp_path / f"images/{stem}.png").write_bytes(b"")
    (tmp_path / "ground-truth/a.txt").write_bytes(data)
    text = "\n".join(" ".join(map(str, row)) for row in rows)
    (tmp_path / "ground-truth/b.txt").write_text(text, errors="replace")
    survives(tmp_path)


@QUICK
@given(data=st.binary(max_size=60), label_map=st.text(alphabet="ab:0,9 1\n#\t", max_size=40), at=st.integers(0, 200))
def test_masks(tmp_path: Path, data: bytes, label_map: str, at: int):
    for folder in ("images", "masks"):
        (tmp_path / folder).mkdir(exist_ok=True)
    cv2.imwrite(str(tmp_path / "images/a.png"), picture(1))
    cv2.imwrite(str(tmp_path / "masks/a.png"), np.eye(40, dtype=np.uint8))
    whole = (tmp_path / "masks/a.png").read_bytes()
    (tmp_path / "masks/a.png").write_bytes(whole[:at] + data + whole[at + len(data) :])
    (tmp_path / "labelmap.txt").write_text(label_map)
    survives(tmp_path)


def _coco(root: Path) -> None:
    said = {"images": [{"id": 1, "file_name": "a.png"}], "annotations": [], "categories": [{"id": 1, "name": "shapes"}]}
    (root / "annotations").mkdir()
    (root / "annotations/train.json").write_text(json.dumps(said))
    _images(root / "train", "a")
    _images(root / "masks", "a")


def _yolo(root: Path) -> None:
    (root / "data.yaml").write_text("train: train/images\nnames: [nut]\n")
    _images(root / "train/images", "a")
    (root / "train/labels").mkdir()
    (root / "train/labels/a.txt").write_text("0 .5 .5 .1 .1\n")


def _voc(root: Path) -> None:
    (root / "Annotations").mkdir()
    (root / "Annotations/a.xml").write_text("<annotation></annotation>")
    _images(root / "JPEGImages", "a")


def _cvat(root: Path) -> None:
    (root / "annotations.xml").write_text('<annotations><image id="0" name="a.png"/></annotations>')
    _images(root / "images", "a")


def _labelme(root: Path) -> None:
    (root / "annotations").mkdir()
    said = {
        "version": "5",
        "shapes": [{"label": "annotations", "points": [[1, 1], [2, 2], [3, 1]]}],
        "imagePath": "a.png",
    }
    (root / "annotations/a.json").write_text(json.dumps(said))
    _images(root / "images", "a")


def _labelme_flat(root: Path) -> None:
    (root / "a.json").write_text(json.dumps({"shapes": [], "imagePath": "a.png", "imageData": None}))
    _images(root, "a")


def _corners(root: Path) -> None:
    _images(root / "images", "a")
    for folder in ("ground-truth", "detection-results"):
        (root / folder).mkdir()
        (root / folder / "a.txt").write_text("nut 1 2 3 4\n")


def _masks(root: Path) -> None:
    _images(root / "images", "a")
    _images(root / "masks", "a")
    (root / "labels.txt").write_text("background\nnut\n")


def _masks_flat(root: Path) -> None:
    _images(root, "a", "a_mask")


def _folder(root: Path) -> None:
    _images(root / "mask", "a", "b")
    _images(root / "no_mask", "a", "c")


def _folder_split(root: Path) -> None:
    _images(root / "train/masks_on", "a_mask")
    _images(root / "train/annotations", "a")


def _images(folder: Path, *stems: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for stem in stems:
        Image.fromarray(np.zeros((8, 8), np.uint8)).save(folder / f"{stem}.png")


SMALLEST = {
    "coco": [_coco],
    "yolo": [_yolo],
    "voc": [_voc],
    "cvat": [_cvat],
    "labelme": [_labelme, _labelme_flat],
    "corners": [_corners],
    "masks": [_masks, _masks_flat],
    "folder": [_folder, _folder_split],
}


@pytest.mark.parametrize(("kind", "build"), [(kind, build) for kind, builds in SMALLEST.items() for build in builds])
def test_every_format_is_known_by_its_own_layout(tmp_path: Path, kind: str, build: Any):
    build(tmp_path)
    read = open_dataset(tmp_path)
    assert read.format == kind
    assert read.pictures
    assert read.faults == ()


@pytest.mark.parametrize("build", [build for builds in SMALLEST.values() for build in builds])
def test_a_zip_reads_as_its_folder(tmp_path: Path, build: Any):
    home = tmp_path / "set"
    home.mkdir()
    build(home)
    packed = open_dataset(shutil.make_archive(str(tmp_path / "packed"), "zip", home))
    here = open_dataset(home)
    assert (packed.format, packed.classes, packed.faults) == (here.format, here.classes, here.faults)
    assert [(one.name, one.split, one.annotations) for one in packed.pictures] == [
        (one.name, one.split, one.annotations) for one in here.pictures
    ]
    assert all(one.file.is_file() for one in packed.pictures)


def test_every_format_has_its_smallest_dataset_here():
    assert set(names()) == set(SMALLEST)
