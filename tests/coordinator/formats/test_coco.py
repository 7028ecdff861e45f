"""COCO: ids of every kind, layouts of every exporter, and bad entries that cost only themselves."""

import json
from pathlib import Path
from typing import Any

import pytest

from readiness_coordinator import formats
from readiness_coordinator.formats import Unreadable, open_dataset

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c6360606000000004000127"
    "34270a0000000049454e44ae426082"
)


def image(identity: int | str, name: str, **more: Any) -> dict[str, Any]:
    return {"id": identity, "file_name": name, "width": 64, "height": 48, **more}


def box(identity: int | str, picture: int | str, category: int = 1, **more: Any) -> dict[str, Any]:
    said = {"id": identity, "image_id": picture, "category_id": category, "bbox": [1, 2, 10, 20], "area": 200}
    return {**said, "iscrowd": 0, **more}


def write(folder: Path, where: str, images: list[Any], boxes: list[Any], categories: list[Any] | None = None) -> Path:
    file = folder / where
    file.parent.mkdir(parents=True, exist_ok=True)
    listed = [{"id": 1, "name": "bolt"}, {"id": 90, "name": "nut"}] if categories is None else categories
    file.write_text(json.dumps({"images": images, "annotations": boxes, "categories": listed}))
    return file


def pixels(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(PIXEL)


def test_splits_come_from_file_names_and_ids_may_have_gaps(tmp_path: Path):
    write(tmp_path, "annotations/instances_train2017.json", [image(7, "a.png")], [box(1, 7, 90)])
    write(tmp_path, "annotations/instances_val2017.json", [image(0, "b.png", light="dark")], [box(1, 0)])
    write(tmp_path, "annotations/captions_val2017.json", [image(0, "b.png")], [])
    pixels(tmp_path, "train2017/a.png", "val2017/b.png")
    read = open_dataset(tmp_path)
    assert (read.format, read.task, read.classes, read.category_ids) == ("coco", "detection", ("bolt", "nut"), (1, 90))
    assert [(one.name, one.split, one.key) for one in read.pictures] == [
        ("train2017/a.png", "train", 7),
        ("val2017/b.png", "val", 0),
    ]
    assert [one.row for picture in read.pictures for one in picture.annotations] == [1, 0]
    assert read.pictures[1].tags == {"light": "dark"}
    assert read.faults == ()


def test_roboflow_export_and_its_root_category(tmp_path: Path):
    categories = [
        {"id": 0, "name": "parts", "supercategory": "none"},
        {"id": 1, "name": "bolt", "supercategory": "parts"},
    ]
    for split in ("train", "valid"):
        write(tmp_path, f"{split}/_annotations.coco.json", [image(0, f"{split}.png")], [box(0, 0)], categories)
        pixels(tmp_path, f"{split}/{split}.png")
    read = open_dataset(tmp_path)
    assert (read.classes, read.category_ids) == (("bolt",), (1,))
    assert [(one.name, one.split) for one in read.pictures] == [
        ("train/train.png", "train"),
        ("valid/valid.png", "val"),
    ]
    assert all(one.file.is_file() for one in read.pictures)


def test_one_file_with_its_image_folder(tmp_path: Path):
    file = write(tmp_path / "labels", "all.json", [image("a", "sub\\x.png")], [box("n1", "a")])
    pixels(tmp_path / "pictures", "sub/x.png", "unlisted.png")
    read = open_dataset(file, images=tmp_path / "pictures")
    (picture,) = read.pictures
    assert (picture.name, picture.split, picture.key) == ("sub/x.png", "all", "a")
    assert picture.file.is_file()
    assert picture.annotations[0].id == "n1"


def test_images_that_no_file_lists_are_there_and_unlabelled(tmp_path: Path):
    write(tmp_path, "annotations/train.json", [image(1, "a.png"), image(2, "empty.png")], [box(1, 1)])
    pixels(tmp_path, "train/a.png", "train/empty.png", "train/forgotten.png")
    read = open_dataset(tmp_path)
    assert [(one.name, one.labelled, len(one.annotations)) for one in read.pictures] == [
        ("train/a.png", True, 1),
        ("train/empty.png", True, 0),
        ("train/forgotten.png", False, 0),
    ]


def test_a_split_folder_without_a_label_file_is_named(tmp_path: Path):
    write(tmp_path, "train/_annotations.coco.json", [image(1, "a.png")], [box(1, 1)])
    pixels(tmp_path, "train/a.png", "train/unlisted.png", "valid/b.png", "valid/c.png", "docs/d.png")
    read = open_dataset(tmp_path)
    assert [one.name for one in read.pictures] == ["train/a.png", "train/unlisted.png"]
    (fault,) = read.faults
    assert fault.code == "split-undeclared"
    assert (fault.where, fault.what) == ("valid", "holds 2 images, and no label file names it: left out")


def test_bad_entries_are_told_of_and_cost_only_themselves(tmp_path: Path):
    images = [image(1, "a.png"), image(1, "again.png"), image(2, "../../etc/passwd"), {"id": 3}]
    images += [image(4, "a\0.png"), {"id": 5, "file_name": 7}]
    boxes = [
        box(1, 1),
        box(1, 1),
        box(2, 9),
        box(3, 1, 7),
        box(4, 1, bbox=[1, 2, float("nan"), 4]),
        box(5, 1, bbox=[1, 2, 3]),
        box(6, 1, bbox=None, segmentation=[[0, 0, 10, 0, 10, 5]]),
        box(7, 1, segmentation=[[0, 0, 10]]),
        "no object",
    ]
    write(tmp_path, "annotations/train.json", images, boxes)
    read = open_dataset(tmp_path)
    (picture,) = read.pictures
    assert [one.id for one in picture.annotations] == ["1", "1", "6", "7"]
    assert picture.annotations[2].box == (0, 0, 10, 5)
    where = "annotations/train.json "
    assert {fault.where.replace(where, ""): fault.what for fault in read.faults} == {
        "a.png annotation 1": "this id was given before",
        "annotation 2": "image 9 is not listed",
        "a.png annotation 3": "category 7 is not listed",
        "a.png annotation 4": "'NaN' is not finite",
        "a.png annotation 5": "bbox [1, 2, 3] is not x, y, width, height",
        "annotation #9": "is no object with keys",
        "a.png annotation 7": "segmentation: a ring needs an even count of at least 6 finite numbers",
        "image 1": "this id was given before; 'again.png' is left out",
        "image 2": "file_name '../../etc/passwd' leads out of the dataset",
        "image 3": "no usable id or file_name",
        "image 4": "no usable id or file_name",
        "image 5": "no usable id or file_name",
    }


def test_crowds_and_run_lengths(tmp_path: Path):
    crowd = box(1, 1, iscrowd=1, segmentation={"counts": [3, 4], "size": [48, 64]})
    write(tmp_path, "annotations/val.json", [image(1, "a.png")], [crowd, box(2, 1, area=None)])
    first, second = open_dataset(tmp_path).pictures[0].annotations
    assert (first.crowd, first.polygon, first.area) == (True, (), 200)
    assert (second.crowd, second.area) == (False, None)


def test_one_picture_in_two_splits(tmp_path: Path):
    for split in ("train", "val"):
        write(tmp_path, f"annotations/{split}.json", [image(1, "a.png")], [box(1, 1)])
    pixels(tmp_path, "images/a.png")
    read = open_dataset(tmp_path)
    assert len(read.pictures) == 1
    assert read.listed_twice == (("images/a.png", ("train", "val")),)


def test_string_and_number_are_the_same_id(shared_data: Path):
    read = open_dataset(shared_data / "eval/pairs/faster_coco_eval/gt_ignore_test.json")
    assert [(one.key, len(one.annotations)) for one in read.pictures] == [("2299", 14)]


def test_hand_made_faults_of_others(shared_data: Path):
    read = open_dataset(shared_data / "eval/pairs/hotcoco/healthcheck_bad.json")
    assert sorted(fault.where.rpartition("healthcheck_bad.json ")[2] for fault in read.faults) == [
        "annotation 1",
        "annotation 3",
        "annotation 4",
        "image 1",
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('{"images": [', "not valid JSON"),
        ("[1, 2]", "train.json lacks 'images' and 'annotations' and 'categories'"),
        ('{"images": {}, "annotations": [], "categories": []}', "no JSON with images"),
        ('{"images": ' + "[" * 200_000, "nested too deeply"),
    ],
    ids=["cut", "list", "mistyped", "deep"],
)
def test_what_is_no_coco_is_one_line(tmp_path: Path, text: str, line: str):
    (tmp_path / "annotations").mkdir()
    (tmp_path / "annotations" / "train.json").write_text(text)
    with pytest.raises(Unreadable, match=line) as caught:
        open_dataset(tmp_path)
    assert "\n" not in str(caught.value)


def test_reading_writes_nothing(tmp_path: Path):
    write(tmp_path, "annotations/train.json", [image(1, "a.png")], [box(1, 1)])
    pixels(tmp_path, "train/a.png")
    before = {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in tmp_path.rglob("*")}
    formats.digest(open_dataset(tmp_path))
    assert {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in tmp_path.rglob("*")} == before


@pytest.mark.parametrize("key", ["images", "annotations", "categories"])
def test_a_list_that_stands_in_the_file_twice_is_told_of(tmp_path: Path, key: str):
    file = write(tmp_path, "annotations/train.json", [image(1, "a.png")], [box(1, 1)])
    pixels(tmp_path, "train/a.png")
    file.write_text(f'{{"{key}": [], {file.read_text()[1:]}')
    read = open_dataset(tmp_path)
    assert [len(picture.annotations) for picture in read.pictures] == [1]
    (fault,) = read.faults
    assert (fault.where, fault.what) == ("annotations/train.json", f"holds '{key}' more than once; the last is read")


@pytest.mark.parametrize("gap", [":", " :", ": "])
def test_a_key_that_an_entry_gives_twice_is_told_of(tmp_path: Path, gap: str):
    runs = {"counts": [0, 3072], "size": [48, 64]}
    more = {"attributes": {"deep": {"er": 1}}, "note": '":":'}
    boxes = [box(1, 1), box(2, 1, segmentation=runs, **more)]
    file = write(tmp_path, "annotations/train.json", [image(1, "a.png")], boxes)
    pixels(tmp_path, "train/a.png")
    text = file.read_text().replace('": ', f'"{gap}').replace('":":', '": ":').replace("[1, 2, 10, 20]", "[1, 2, 3, 4]")
    file.write_text(text)
    assert open_dataset(tmp_path).faults == ()
    file.write_text(text.replace(f'"file_name"{gap}', f'"file_name"{gap}"b.png", "file_name"{gap}'))
    assert [fault.what for fault in open_dataset(tmp_path).faults] == [
        "gives 'file_name' more than once; the last is read"
    ]
    file.write_text(text.replace(f'"bbox"{gap}', f'"bbox"{gap}[0, 0, 1, 1], "bbox"{gap}', 1))
    (fault,) = open_dataset(tmp_path).faults
    assert fault.where == "annotations/train.json annotation #1"
    assert fault.what == "gives 'bbox' more than once; the last is read"


def test_a_backslash_is_part_of_a_name_where_a_file_has_it(tmp_path: Path):
    write(tmp_path, "annotations/train.json", [image(1, "a\\b.png"), image(2, "c\\d.png")], [box(1, 1), box(2, 2)])
    pixels(tmp_path, "train/a\\b.png", "train/c/d.png")
    read = open_dataset(tmp_path)
    assert [(one.name, one.file.is_file(), one.labelled) for one in read.pictures] == [
        ("train/a\\b.png", True, True),
        ("train/c/d.png", True, True),
    ]
