"""COCO's traps: masks, ids, files beside files, root categories, thousands of classes, and nearly JSON."""

import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pycocotools import mask as oracle

from readiness_coordinator.formats import Labelled, Picture, Unreadable, open_dataset

CLASSES = [{"id": 1, "name": "bolt"}, {"id": 2, "name": "nut"}]


def image(identity: object, name: str, **more: Any) -> dict[str, Any]:
    return {"id": identity, "file_name": name, "width": 64, "height": 48, **more}


def box(identity: object, picture: object, **more: Any) -> dict[str, Any]:
    return {"id": identity, "image_id": picture, "category_id": 1, "bbox": [1, 2, 10, 20], "area": 200, **more}


def write(file: Path, images: list[Any], objects: list[Any], categories: list[Any] | None = None) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    said = {"images": images, "annotations": objects, "categories": CLASSES if categories is None else categories}
    file.write_text(json.dumps(said))


def one(folder: Path, *objects: dict[str, Any], **more: Any) -> tuple[Labelled, Picture]:
    write(folder / "annotations/train.json", [image(1, "a.png", **more)], list(objects))
    read = open_dataset(folder)
    return read, read.pictures[0]


def codes(read: Labelled) -> list[tuple[str, str]]:
    return [(fault.where.rpartition("train.json ")[2], fault.code) for fault in read.faults]


def test_trap_masks_compressed_and_not(tmp_path: Path):
    pixels = np.zeros((48, 64), dtype=np.uint8)
    pixels[5:20, 7:30] = 1
    pixels[10, 10] = 0
    coded = oracle.encode(np.asfortranarray(pixels))
    packed = {"size": [48, 64], "counts": coded["counts"].decode()}
    flat = pixels.T.ravel()
    edges = np.flatnonzero(np.diff(np.concatenate(([0], flat, [1 - flat[-1]]))))
    plain = {"size": [48, 64], "counts": np.diff(np.concatenate(([0], edges))).tolist()}
    objects = [
        box(1, 1, segmentation=packed, area=None, bbox=None),
        box(2, 1, segmentation=plain, bbox=[], iscrowd=1),
    ]
    read, picture = one(tmp_path, *objects)
    assert read.faults == ()
    assert [each.shape for each in picture.annotations] == ["mask", "mask"]
    assert [each.box for each in picture.annotations] == [tuple(oracle.toBbox(coded))] * 2
    assert [each.mask_px for each in picture.annotations] == [int(oracle.area(coded))] * 2
    assert [each.area for each in picture.annotations] == [int(oracle.area(coded)), 200]
    assert [each.crowd for each in picture.annotations] == [False, True]


def test_trap_masks_that_are_none_or_of_another_size(tmp_path: Path):
    masks = [
        {"size": [96, 128], "counts": [0, 96 * 128]},
        {"size": [48, 64], "counts": [10, 20]},
        {"size": [48, 64], "counts": "\x7f"},
        {"size": [48], "counts": [48 * 64]},
        {"counts": None},
    ]
    read, picture = one(tmp_path, *(box(row, 1, segmentation=mask) for row, mask in enumerate(masks)))
    assert codes(read) == [
        ("annotation 0", "mask-size-differs"),
        ("annotation 1", "mask-size-differs"),
        ("annotation 2", "polygon-invalid"),
        ("annotation 3", "polygon-invalid"),
        ("annotation 4", "polygon-invalid"),
    ]
    assert read.faults[0].what == "the mask is 128x96, the image 64x48 pixels"
    assert len(picture.annotations) == 5


def test_trap_segmentation_empty_and_in_several_parts(tmp_path: Path):
    parts = [[0, 0, 10, 0, 10, 10], [20, 20, 30, 20, 30, 30, 20, 30]]
    bad = [[0, 0, 1, 1], [0, 0, 5, 0, 5], [0, 0, 5, 0, 5, "x"], 7]
    objects = [
        box(1, 1, segmentation=[]),
        box(2, 1, segmentation=[[]]),
        box(3, 1, segmentation=parts, bbox=None, area=None),
        *(box(4 + row, 1, segmentation=[ring]) for row, ring in enumerate(bad)),
    ]
    read, picture = one(tmp_path, *objects)
    first, second, third, *rest = picture.annotations
    assert (first.shape, second.shape, third.shape) == ("box", "box", "polygon")
    assert (third.box, third.area, len(third.polygon)) == ((0, 0, 30, 30), 150, 2)
    assert [each.polygon for each in rest] == [()] * 4
    assert codes(read) == [(f"annotation {4 + row}", "polygon-invalid") for row in range(4)]


def test_trap_text_ids_ids_from_nought_and_an_undefined_class(tmp_path: Path):
    objects = [box("n", "1", category_id="2"), box(0, 1, category_id=0), box(5, 1, category_id=3)]
    categories = [{"id": "0", "name": "washer"}, *CLASSES]
    write(tmp_path / "annotations/train.json", [image("1", "a.png")], objects, categories)
    read = open_dataset(tmp_path)
    assert read.classes == ("washer", "bolt", "nut")
    assert [each.row for each in read.pictures[0].annotations] == [2, 0]
    assert codes(read) == [("annotation 5", "class-undefined")]


def test_trap_a_file_name_that_stands_twice_loses_no_object(tmp_path: Path):
    images = [image(1, "a.png"), image(2, ".\\a.png"), image(3, "sub\\b.png")]
    objects = [box(1, 1), box(2, 2, bbox=[5, 5, 6, 6]), box(3, 2), box(4, 3)]
    write(tmp_path / "annotations/train.json", images, objects)
    read = open_dataset(tmp_path)
    assert [(each.name, len(each.annotations)) for each in read.pictures] == [("a.png", 2), ("sub/b.png", 1)]
    (fault,) = read.faults
    assert fault.where.endswith("train.json a.png")
    assert "given before" in fault.what


def test_trap_roboflows_root_is_dropped_only_unannotated_and_a_parent(tmp_path: Path):
    categories = [
        {"id": 0, "name": "parts", "supercategory": "none"},
        {"id": 1, "name": "bolt", "supercategory": "parts"},
        {"id": 2, "name": "spare", "supercategory": "none"},
        {"id": 3, "name": "person", "supercategory": "person"},
    ]
    write(tmp_path / "annotations/train.json", [image(1, "a.png")], [box(1, 1)], categories)
    read = open_dataset(tmp_path)
    assert (read.classes, read.category_ids) == (("bolt", "spare", "person"), (1, 2, 3))
    (fault,) = read.faults
    assert (fault.code, fault.where) == ("class-dummy-root", "annotations/train.json category 0")
    assert "'parts' is the parent of other categories and has no object" in fault.what
    write(tmp_path / "annotations/train.json", [image(1, "a.png")], [box(1, 1, category_id=0)], categories)
    assert open_dataset(tmp_path).classes == ("parts", "bolt", "spare", "person")


def test_trap_other_json_beside(tmp_path: Path):
    write(tmp_path / "annotations/train.json", [image(1, "a.png"), image(2, "empty.png")], [box(1, 1)])
    write(tmp_path / "annotations/train_keypoints.json", [image(1, "a.png")], [box(1, 1, keypoints=[1, 2, 2])])
    panoptic = {"image_id": 1, "file_name": "a.png", "segments_info": []}
    write(tmp_path / "annotations/panoptic_train.json", [image(1, "a.png")], [panoptic])
    write(tmp_path / "annotations/captions_train.json", [image(1, "a.png")], [{"image_id": 1, "caption": "x"}])
    (tmp_path / "annotations/notes.json").write_text('{"info": []}')
    read = open_dataset(tmp_path)
    assert read.faults == ()
    assert [(each.name, each.labelled, len(each.annotations)) for each in read.pictures] == [
        ("a.png", True, 1),
        ("empty.png", True, 0),
    ]


def test_trap_several_files_of_one_split_with_ids_of_their_own(tmp_path: Path):
    write(tmp_path / "annotations/train_1.json", [image(1, "a.png")], [box(1, 1)])
    swapped = [{"id": 1, "name": "nut"}, {"id": 2, "name": "bolt"}]
    write(tmp_path / "annotations/train_2.json", [image(1, "b.png")], [box(1, 1)], swapped)
    read = open_dataset(tmp_path)
    assert [(each.name, each.split) for each in read.pictures] == [("a.png", "train"), ("b.png", "train")]
    assert [read.classes[each.annotations[0].row] for each in read.pictures] == ["bolt", "nut"]
    assert [fault.where for fault in read.faults] == [f"annotations/train_2.json category {row}" for row in (1, 2)]


@pytest.mark.parametrize(
    "text", ['"area": NaN', '"area": -Infinity', '"note": "NaN, \\ud800 and [NaN]", "area": NaN', '"note": "\\ud83d"']
)
def test_trap_nan_and_what_else_python_writes(tmp_path: Path, text: str):
    (tmp_path / "annotations").mkdir()
    said = f'\ufeff{{"images": [{{"id": 1, "file_name": "a.png"}}], "categories": {json.dumps(CLASSES)}, "annotations":'
    said += f'[{{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], {text}}}]}}'
    (tmp_path / "annotations/train.json").write_text(said)
    read = open_dataset(tmp_path)
    assert [(each.box, each.area) for each in read.pictures[0].annotations] == [((1, 2, 3, 4), None)]


def test_one_entry_that_is_no_unicode_costs_only_itself(tmp_path: Path):
    write(tmp_path / "annotations/train.json", [image(1, "a.png"), image(2, "b\udcffc.png")], [box(1, 1)])
    file = tmp_path / "annotations/train.json"
    file.write_bytes(file.read_bytes().replace(b"\\udcff", b"\xff"))
    read = open_dataset(tmp_path)
    assert [each.name for each in read.pictures] == ["a.png"]
    assert [fault.where for fault in read.faults] == ["annotations/train.json image #2"]


def test_trap_deep_nesting_is_one_line(tmp_path: Path):
    (tmp_path / "annotations").mkdir()
    deep = "[" * 100_000 + "]" * 100_000
    (tmp_path / "annotations/train.json").write_text(f'{{"images": [], "annotations": [], "categories": {deep}}}')
    with pytest.raises(Unreadable, match="nested too deeply"):
        open_dataset(tmp_path)


def test_ten_thousand_classes_take_no_longer_than_their_objects(tmp_path: Path):
    categories = [{"id": row, "name": f"class {row}", "supercategory": f"group {row}"} for row in range(10_000)]
    objects = [box(row, row % 100, category_id=row % 10_000) for row in range(20_000)]
    write(tmp_path / "annotations/train.json", [image(row, f"{row}.png") for row in range(100)], objects, categories)
    began = time.perf_counter()
    read = open_dataset(tmp_path)
    assert time.perf_counter() - began < 10
    assert len(read.classes) == 10_000
    assert sum(len(each.annotations) for each in read.pictures) == 20_000


def test_names_too_long_for_a_disk_cost_only_themselves(tmp_path: Path):
    write(tmp_path / "annotations/train.json", [image(1, "a.png"), image(2, "x" * 5000 + ".png")], [box(1, 1)])
    assert len(open_dataset(tmp_path).pictures) == 2
