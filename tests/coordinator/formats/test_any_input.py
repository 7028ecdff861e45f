"""Whatever a label file holds, reading it gives a dataset or one line, and the scan of that one goes through."""

import io
import json
import os
import zipfile
from pathlib import Path
from typing import Any

import cv2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parts_dataset import picture
from readiness import canonical
from readiness_coordinator.formats import Unreadable, open_dataset
from readiness_coordinator.scan.dataset import scan

AT = "2026-11-23T12:00:00Z"
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.sampled_from([0, 1, 1, 2, "1", "a.png", "b.png", "", "bolt", [1, 2, 3, 4], [0, 0, 1e300, 1e300], "\ud800"]),
    st.text(max_size=8),
)
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=6), max_leaves=8)
KEYS = ("id", "file_name", "width", "height", "image_id", "category_id", "bbox", "segmentation", "area", "iscrowd")
ENTRIES = st.lists(
    st.one_of(st.dictionaries(st.sampled_from([*KEYS, "name", "supercategory", "light"]), VALUES), VALUES), max_size=6
)
QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def survives(folder: Path) -> None:
    line = ""
    try:
        labelled = open_dataset(folder)
    except Unreadable as error:
        line = str(error)
    else:
        canonical.encode(scan(labelled, observed_at=AT))
    assert "\n" not in line


@QUICK
@given(images=ENTRIES, annotations=ENTRIES, categories=ENTRIES)
def test_coco(tmp_path: Path, images: list[Any], annotations: list[Any], categories: list[Any]):
    (tmp_path / "annotations").mkdir(exist_ok=True)
    said = {
        "images": [{"id": 1, "file_name": "a.png"}, *images],
        "annotations": annotations,
        "categories": [{"id": 1, "name": "bolt"}, *categories],
    }
    (tmp_path / "annotations/train.json").write_text(json.dumps(said))
    survives(tmp_path)


@QUICK
@given(label=st.binary(max_size=80), rows=st.lists(st.lists(LEAVES, max_size=9), max_size=4))
def test_yolo(tmp_path: Path, label: bytes, rows: list[list[Any]]):
    (tmp_path / "labels").mkdir(exist_ok=True)
    (tmp_path / "images").mkdir(exist_ok=True)
    (tmp_path / "data.yaml").write_text("train: images\nnames: [bolt, nut]\n")
    (tmp_path / "images/a.png").write_bytes(b"")
    cv2.imwrite(str(tmp_path / "images/b.png"), picture(1))
    (tmp_path / "labels/a.txt").write_bytes(label)
    text = "\n".join(" ".join(map(str, row)) for row in rows)
    (tmp_path / "labels/b.txt").write_text(text, errors="replace")
    survives(tmp_path)


@QUICK
@given(text=st.text(alphabet=" \n-:[]{}!&*'\"#|>\\nametrivlp0123.,", max_size=60))
def test_yaml(tmp_path: Path, text: str):
    (tmp_path / "data.yaml").write_text(text)
    survives(tmp_path)


@QUICK
@given(inside=st.text(alphabet="<>/&;!objectnamebdxyi0123456789.-", max_size=120))
def test_voc(tmp_path: Path, inside: str):
    (tmp_path / "Annotations").mkdir(exist_ok=True)
    box = "<object><name>a</name><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>3</xmax><ymax>4</ymax></bndbox></object>"
    (tmp_path / "Annotations/a.xml").write_text(f"<annotation>{inside}{box}</annotation>")
    survives(tmp_path)


def _zip(members: dict[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return held.getvalue()


COCO = {"images": [{"id": 1, "file_name": "a.png"}], "annotations": [], "categories": [{"id": 1, "name": "bolt"}]}
MEMBERS = {
    "set/annotations/train.json": json.dumps(COCO).encode(),
    "set/train/a.png": cv2.imencode(".png", picture(1))[1].tobytes(),
}


@QUICK
@given(changes=st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), max_size=4), kept=st.floats(0.2, 1))
def test_zip_damaged_anywhere(tmp_path: Path, changes: list[tuple[float, int]], kept: float):
    data = bytearray(_zip(MEMBERS))
    for at, byte in changes:
        data[int(at * len(data))] = byte
    (tmp_path / "set.zip").write_bytes(data[: int((kept if kept < 0.9 else 1) * len(data))])
    survives(tmp_path / "set.zip")


PARTS = st.sampled_from(
    ["..", ".", "", "/", "a", "train", "annotations", "x.json", "b.png", "C:", "\\", "\u00e9", "::"]
)


@QUICK
@given(names=st.lists(st.one_of(st.lists(PARTS, max_size=4).map("/".join), st.text(max_size=9)), max_size=6))
def test_zip_with_any_names(tmp_path: Path, names: list[str]):
    members = {name: b"{}" for name in names if name and name.isprintable()}
    (tmp_path / "set.zip").write_bytes(_zip({**MEMBERS, **members}))
    survives(tmp_path / "set.zip")


@QUICK
@given(said=ENTRIES)
def test_coco_in_a_zip(tmp_path: Path, said: list[Any]):
    text = json.dumps({"images": said, "annotations": said, "categories": [{"id": 1, "name": "bolt"}]})
    (tmp_path / "set.zip").write_bytes(_zip({"set/annotations/train.json": text.encode(), "set/train/a.png": b""}))
    survives(tmp_path / "set.zip")


def test_names_that_are_no_unicode(tmp_path: Path):
    folder = tmp_path / os.fsdecode(b"cl\xffass")
    folder.mkdir()
    (folder / os.fsdecode(b"im\xfeage.png")).write_bytes(b"x")
    labelled = open_dataset(tmp_path)
    assert [picture.name for picture in labelled.pictures] == ["cl\\udcffass/im\\udcfeage.png"]
    survives(tmp_path)


def test_a_folder_that_may_not_be_read_is_one_line(tmp_path: Path):
    (tmp_path / "bolt").mkdir()
    (tmp_path / "bolt" / "a.png").write_bytes(b"x")
    (tmp_path / "bolt" / "inner").mkdir(mode=0)
    if os.access(tmp_path / "bolt" / "inner", os.R_OK):
        pytest.skip("this user may read everything")
    with pytest.raises(Unreadable, match="inner: cannot be read: Permission denied"):
        open_dataset(tmp_path)
