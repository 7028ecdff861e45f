"""LabelMe: every shape, groups, images under other names, flags, and JSON that is none."""

import base64
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from readiness_coordinator.formats import Fault, Labelled, Unreadable, open_dataset

TRIANGLE = {
    "label": "nut",
    "points": [[1, 1], [11, 1], [11, 21]],
    "shape_type": "polygon",
    "group_id": None,
    "flags": {},
}
BOX = {"label": "bolt", "points": [[11, 22], [1.5, 2]], "shape_type": "rectangle"}


def sheet(root: Path, name: str, *shapes: Any, image: str | None = "", **more: Any) -> Path:
    """Write one JSON file, and beside it the image of its stem (or none)."""
    file = root / name
    file.parent.mkdir(parents=True, exist_ok=True)
    said = {"version": "5.5.0", "flags": {}, "shapes": list(shapes), "imagePath": f"{file.stem}.jpg", "imageData": None}
    file.write_text(json.dumps({**said, "imageHeight": 48, "imageWidth": 64, **more}))
    if image is not None:
        (file.parent / (image or f"{file.stem}.jpg")).write_bytes(b"image")
    return root


def png(pixels: Any) -> str:
    buffer = io.BytesIO()
    Image.fromarray(np.array(pixels, np.uint8)).save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


def shaped(tmp_path: Path, *shapes: Any) -> Labelled:
    return open_dataset(sheet(tmp_path, "a.json", *shapes))


def test_polygons_and_boxes_from_any_corner(tmp_path: Path):
    read = shaped(tmp_path, TRIANGLE, BOX)
    assert (read.format, read.task, read.classes, read.faults) == ("labelme", "detection", ("bolt", "nut"), ())
    (picture,) = read.pictures
    assert (picture.name, picture.split, picture.width, picture.height) == ("a.jpg", "all", 64, 48)
    triangle, box = picture.annotations
    assert (triangle.row, triangle.polygon, triangle.area) == (1, ((1, 1, 11, 1, 11, 21),), 100)
    assert (box.row, box.box, box.shape) == (0, (1.5, 2, 9.5, 20), "box")


def test_circles_turned_boxes_and_masks(tmp_path: Path):
    circle = {"label": "nut", "points": [[20, 20], [20, 30]], "shape_type": "circle"}
    turned = {"label": "nut", "points": [[10, 0], [20, 10], [10, 20], [0, 10]], "shape_type": "rotation"}
    mask = {"label": "nut", "points": [[5, 6], [8, 8]], "shape_type": "mask", "mask": png([[0, 1, 1], [0, 1, 0]])}
    first, second, third = shaped(tmp_path, circle, turned, mask).pictures[0].annotations
    assert first.box == pytest.approx((10, 10, 20, 20))
    assert first.area == pytest.approx(314.16, rel=0.01)
    assert (second.shape, second.box, second.area) == ("oriented", (0, 0, 20, 20), 200)
    assert (third.shape, third.box, third.area) == ("mask", (6, 6, 2, 2), 3)


def test_lines_and_points_are_no_objects_and_told_of_once(tmp_path: Path):
    line = {"label": "nut", "points": [[1, 1], [2, 2]], "shape_type": "line"}
    strip = {**line, "shape_type": "linestrip"}
    point = {"label": "nut", "points": [[1, 1]], "shape_type": "point"}
    read = shaped(tmp_path, line, strip, point, point, TRIANGLE)
    assert len(read.pictures[0].annotations) == 1
    assert [fault.what for fault in read.faults] == [
        "2 lines are no objects; left out",
        "2 points are no objects; left out",
    ]


def test_a_group_joins_the_parts_of_one_object_trap_group_id(tmp_path: Path):
    apart = {**TRIANGLE, "points": [[31, 1], [41, 1], [41, 21]], "group_id": 4}
    read = shaped(tmp_path, {**TRIANGLE, "group_id": 4}, apart, {**BOX, "group_id": 4}, TRIANGLE)
    joined, box, alone = read.pictures[0].annotations
    assert (joined.box, joined.area, len(joined.polygon)) == ((1, 1, 40, 20), 200, 2)
    assert (box.shape, len(alone.polygon)) == ("box", 1)


def test_classes_are_the_sorted_labels_of_all_files_trap_ids_per_run(tmp_path: Path):
    sheet(tmp_path, "b.json", TRIANGLE)
    read = open_dataset(sheet(tmp_path, "a.json", {**TRIANGLE, "label": "washer"}, BOX))
    assert read.classes == ("bolt", "nut", "washer")
    assert [[one.row for one in picture.annotations] for picture in read.pictures] == [[2, 0], [1]]


def test_an_image_path_with_another_name_is_told_of_trap_389(tmp_path: Path):
    sheet(tmp_path, "a.json", TRIANGLE, imagePath="old.jpg")
    sheet(tmp_path, "b.json", TRIANGLE, image="photo.png", imagePath="..\\x\\photo.png")
    sheet(tmp_path, "json/c.json", TRIANGLE, image=None, imagePath="../img/c.jpg")
    (tmp_path / "img").mkdir()
    (tmp_path / "img/c.jpg").write_bytes(b"image")
    read = open_dataset(tmp_path)
    assert [(one.name, len(one.annotations)) for one in read.pictures] == [
        ("a.jpg", 1),
        ("img/c.jpg", 1),
        ("photo.png", 1),
    ]
    assert read.faults == (Fault("a.json", "imagePath names 'old.jpg'; taken for a.jpg"),)


def test_split_folders_and_images_without_a_file(tmp_path: Path):
    sheet(tmp_path, "train/a.json", TRIANGLE)
    sheet(tmp_path, "valid/a.json", BOX)
    (tmp_path / "valid/loose.png").write_bytes(b"image")
    read = open_dataset(tmp_path)
    assert [(one.name, one.split, one.labelled, len(one.annotations)) for one in read.pictures] == [
        ("train/a.jpg", "train", True, 1),
        ("valid/a.jpg", "val", True, 1),
        ("valid/loose.png", "val", False, 0),
    ]


def test_json_without_its_image_is_an_orphan_and_what_is_embedded_is_not_read(tmp_path: Path):
    sheet(tmp_path, "b.json", TRIANGLE)
    sheet(tmp_path, "a.json", TRIANGLE, image=None, imageData="A" * 100_000)
    (fault,) = open_dataset(tmp_path).faults
    assert (fault.where, fault.code) == ("a.json", "label-file-orphaned")
    assert "embedded images are not read" in fault.what


def test_flags_alone_are_classification(tmp_path: Path):
    sheet(tmp_path, "a.json", flags={"good": True, "bad": False})
    sheet(tmp_path, "b.json", flags={"good": True, "bad": True})
    sheet(tmp_path, "c.json", flags={"good": False, "bad": False})
    read = open_dataset(tmp_path)
    assert (read.task, read.classes) == ("classification", ("good",))
    assert [(one.label, one.labelled) for one in read.pictures] == [("good", True), (None, False), (None, False)]
    assert read.faults == (Fault("b.json", "2 flags are set: bad, good; an image has one class"),)


def test_bad_shapes_and_bad_files_cost_only_themselves(tmp_path: Path):
    bad = [
        {"label": "nut", "points": [[1, 1], [2, 2]]},
        {"label": None, "points": [[1, 1], [2, 2], [3, 3]]},
        {**BOX, "points": [[1, 1]]},
        {**BOX, "points": [[1, float("nan")], [2, 2]]},
        {**BOX, "shape_type": "blob"},
        {**BOX, "shape_type": "mask", "mask": "no base64!"},
        "nut",
    ]
    sheet(tmp_path, "a.json", *bad, TRIANGLE)
    sheet(tmp_path, "b.json", TRIANGLE)
    (tmp_path / "b.json").write_text('{"shapes": [')
    (tmp_path / "other.json").write_text('{"name": "no sheet"}')
    read = open_dataset(tmp_path)
    assert [(one.labelled, len(one.annotations)) for one in read.pictures] == [(True, 1), (False, 0)]
    assert [fault.where for fault in read.faults] == [*(f"a.json shape {index}" for index in range(1, 8)), "b.json"]
    assert read.faults[0].code == "polygon-invalid"
    assert read.faults[-1].what.startswith("not valid JSON: ")


def test_nothing_usable_is_one_line(tmp_path: Path):
    sheet(tmp_path, "a.json", TRIANGLE, image=None)
    with pytest.raises(Unreadable, match=r"no image for any LabelMe file; a.json: no image has its name"):
        open_dataset(tmp_path)
