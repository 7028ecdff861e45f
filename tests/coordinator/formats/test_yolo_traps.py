"""YOLO's traps: oriented boxes, poses, predictions, lists, names without data.yaml, and labels without an image."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from readiness_coordinator.formats import Fault, Labelled, Unreadable, open_dataset

SPLITS = "train: train/images\nval: valid/images\n"
QUAD = "0.2 0.2 0.6 0.3 0.5 0.7 0.1 0.6"
BENT = "0.2 0.2 0.6 0.2 0.3 0.3 0.2 0.6"


def picture(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(file), np.zeros((50, 100, 3), np.uint8))


def build(folder: Path, more: str = "", **rows: str) -> Labelled:
    """Rows by split and stem: `train_a="0 …"`; the labels of train/images/a.png."""
    folder.mkdir(exist_ok=True)
    (folder / "data.yaml").write_text(f"{SPLITS}names: [bolt, nut]\n{more}")
    for key, text in rows.items():
        split, _, stem = key.partition("_")
        picture(folder / split / "images" / f"{stem}.png")
        (folder / split / "labels").mkdir(exist_ok=True)
        (folder / split / "labels" / f"{stem}.txt").write_text(text)
    return open_dataset(folder)


def shapes(read: Labelled) -> list[str]:
    return [one.shape for each in read.pictures for one in each.annotations]


def test_trap_nine_columns_are_oriented_boxes_where_all_are_convex(tmp_path: Path):
    read = build(tmp_path / "obb", train_a=f"1 {QUAD}\n0 {QUAD}", valid_b=f"0 {QUAD}")
    assert (shapes(read), read.task) == (["oriented"] * 3, "detection")
    first = read.pictures[0].annotations[0]
    assert first.polygon == ((20, 10, 60, 15, 50, 35, 10, 30),)
    assert first.box == (10, 10, 50, 25)
    bent = build(tmp_path / "bent", train_a=f"1 {QUAD}", valid_b=f"0 {BENT}")
    assert (shapes(bent), bent.task) == (["polygon"] * 2, "segmentation")
    mixed = build(tmp_path / "mixed", train_a=f"1 {QUAD}\n0 {QUAD} 0.05 0.4")
    assert (shapes(mixed), mixed.task) == (["polygon"] * 2, "segmentation")


def test_trap_a_declared_task_makes_bent_corners_oriented_boxes_too(tmp_path: Path):
    assert shapes(build(tmp_path, "task: obb\n", train_a=f"1 {BENT}")) == ["oriented"]


def test_trap_poses_are_boxes_and_their_keypoints_need_a_shape(tmp_path: Path):
    rows = "0 0.5 0.5 0.2 0.4 0.1 0.1 2 0 0 0\n1 0.5 0.5 0.2 0.4"
    read = build(tmp_path / "pose", "kpt_shape: [2, 3]\n", train_a=rows)
    assert [one.box for one in read.pictures[0].annotations] == [(40, 15, 20, 20)] * 2
    assert read.faults == ()
    six = build(tmp_path / "six", "kpt_shape: [1, 2]\n", train_a="0 0.5 0.5 0.2 0.4 0.1 0.1\n0 0.5 0.5 0.2 0.4 0.9")
    assert len(six.pictures[0].annotations) == 1
    assert [fault.where for fault in six.faults] == ["train/labels/a.txt:2"]
    seventeen = "0 0.5 0.5 0.2 0.4 " + "0.5 0.5 2 " * 17
    (fault,) = build(tmp_path / "without", train_a=seventeen).faults
    assert fault.what.endswith("keypoints need kpt_shape in data.yaml")


@pytest.mark.parametrize("shape", ["17", "[17]", "[0, 3]", "[17, 4]", "[a, 3]", "[99999999999, 3]"])
def test_a_kpt_shape_that_is_none_is_one_line(tmp_path: Path, shape: str):
    with pytest.raises(Unreadable, match=r"data\.yaml: 'kpt_shape'"):
        build(tmp_path, f"kpt_shape: {shape}\n", train_a="")


def test_trap_predictions_pixels_and_odd_polygons_cost_only_their_row(tmp_path: Path):
    rows = [
        "0 0.5 0.5 0.2 0.4 0.9",
        "0 320 240 50 60",
        "0 0.1 0.1 0.9 0.1 0.9 0.9 0.5",
        "0;0.5;0.5;0.2;0.4",
        "0 .5 .5 .2 .4",
    ]
    read = build(tmp_path, train_a="\n".join(rows))
    assert [fault.where for fault in read.faults] == [f"train/labels/a.txt:{row}" for row in (1, 2, 3, 4)]
    assert shapes(read) == ["box"]


def test_trap_boxes_and_polygons_mixed_are_read_both(tmp_path: Path):
    read = build(tmp_path, train_a="0 0.5 0.5 0.2 0.4\n0 0.1 0.1 0.9 0.1 0.9 0.9")
    assert (shapes(read), read.task) == (["box", "polygon"], "detection")


def test_trap_a_class_index_out_of_range_is_undefined(tmp_path: Path):
    read = build(tmp_path, train_a="2 0.5 0.5 0.2 0.4\n-1 0.5 0.5 0.2 0.4")
    assert [(fault.where, fault.code) for fault in read.faults] == [
        ("train/labels/a.txt:1", "class-undefined"),
        ("train/labels/a.txt:2", "class-undefined"),
    ]


def test_trap_a_label_file_without_an_image_is_told_of(tmp_path: Path):
    build(tmp_path, train_a="0 0.5 0.5 0.2 0.4", valid_b="")
    (tmp_path / "train/labels/gone.txt").write_text("0 0.5 0.5 0.2 0.4")
    (tmp_path / "valid/labels/empty.txt").write_text("")
    (tmp_path / "train/labels/classes.txt").write_text("bolt\nnut\n")
    (tmp_path / "train/labels.cache").write_bytes(b"stale")
    assert open_dataset(tmp_path).faults == (
        Fault("train/labels/gone.txt", "there is no image of this name", "label-file-orphaned"),
        Fault("valid/labels/empty.txt", "there is no image of this name", "label-file-orphaned"),
    )


def test_an_image_that_no_list_names_does_not_orphan_its_label(tmp_path: Path):
    build(tmp_path, train_a="", train_b="")
    (tmp_path / "data.yaml").write_text("train: some.txt\nnames: [bolt]\n")
    (tmp_path / "some.txt").write_text("./train/images/a.png\n")
    assert open_dataset(tmp_path).faults == ()


def test_two_images_on_one_label_file_are_told_of(tmp_path: Path):
    build(tmp_path, train_a="0 0.5 0.5 0.2 0.4")
    cv2.imwrite(str(tmp_path / "train/images/a.jpg"), np.zeros((50, 100, 3), np.uint8))
    (fault,) = open_dataset(tmp_path).faults
    assert (fault.where, fault.code) == ("train/labels/a.txt", "names-collide")


def test_trap_the_last_images_folder_becomes_labels(tmp_path: Path):
    root = tmp_path / "images" / "set"
    picture(root / "images/train/images/a.png")
    (root / "images/train/labels").mkdir()
    (root / "images/train/labels/a.txt").write_text("0 0.5 0.5 0.2 0.4")
    (root / "data.yaml").write_text("train: images/train\nnames: [bolt]\n")
    assert shapes(open_dataset(root)) == ["box"]


@pytest.mark.parametrize("key", ["val", "valid", "validation"])
def test_trap_validation_has_three_names(tmp_path: Path, key: str):
    picture(tmp_path / "x/images/a.png")
    (tmp_path / "data.yaml").write_text(f"{key}: x/images\nnames: [bolt]\n")
    read = open_dataset(tmp_path)
    assert ([one.split for one in read.pictures], read.declared) == (["val"], ("val",))


def test_trap_a_root_of_another_computer_is_told_of(tmp_path: Path):
    read = build(tmp_path, "path: /content/datasets/parts\n", train_a="0 0.5 0.5 0.2 0.4", valid_b="")
    assert shapes(read) == ["box"]
    assert [(fault.where, fault.code) for fault in read.broken_paths] == [("data.yaml path", "split-path-broken")]


def test_trap_a_list_with_paths_of_another_computer(tmp_path: Path):
    build(tmp_path, train_a="0 0.5 0.5 0.2 0.4", train_b="")
    (tmp_path / "data.yaml").write_text("train: all.txt\nnames: [bolt]\n")
    (tmp_path / "all.txt").write_text("/content/set/train/images/a.png\r\nC:\\set\\train\\images\\b.png\r\n")
    read = open_dataset(tmp_path)
    assert [(one.name, one.labelled) for one in read.pictures] == [
        ("train/images/a.png", True),
        ("train/images/b.png", True),
    ]
    (fault,) = read.broken_paths
    assert fault.where == "all.txt"
    assert fault.what.startswith("2 of its paths do not exist")


def test_trap_names_as_a_mapping_with_text_keys_and_ten_thousand_classes(tmp_path: Path):
    picture(tmp_path / "images/a.png")
    names = "".join(f"  '{row}': class {row}\n" for row in range(10_000))
    (tmp_path / "data.yaml").write_text(f"train: images\nnames:\n{names}")
    assert open_dataset(tmp_path).classes[9_999] == "class 9999"


@pytest.mark.parametrize("names", ["classes.txt", "obj.names", "labels/classes.txt"])
def test_names_in_a_list_instead_of_yaml(tmp_path: Path, names: str):
    picture(tmp_path / "images/a.png")
    (tmp_path / "labels").mkdir()
    (tmp_path / "labels/a.txt").write_text("1 0.5 0.5 0.2 0.4")
    (tmp_path / names).write_text("bolt\nnut\n\n")
    read = open_dataset(tmp_path)
    assert (read.format, read.classes, read.faults) == ("yolo", ("bolt", "nut"), ())
    assert [(one.name, one.split, len(one.annotations)) for one in read.pictures] == [("images/a.png", "all", 1)]


def test_split_folders_without_yaml(tmp_path: Path):
    for split in ("train", "val"):
        picture(tmp_path / f"images/{split}/{split}.png")
        (tmp_path / f"labels/{split}").mkdir(parents=True)
        (tmp_path / f"labels/{split}/{split}.txt").write_text("0 0.5 0.5 0.2 0.4")
    (tmp_path / "classes.txt").write_text("bolt\n")
    read = open_dataset(tmp_path)
    assert [(one.split, one.labelled) for one in read.pictures] == [("train", True), ("val", True)]


def test_darknet_as_cvat_writes_it(tmp_path: Path):
    picture(tmp_path / "obj_train_data/a.png")
    (tmp_path / "obj_train_data/a.txt").write_text("0 0.5 0.5 0.2 0.4")
    (tmp_path / "obj.names").write_text("bolt\n")
    (tmp_path / "obj.data").write_text("classes = 1\ntrain = data/train.txt\nnames = data/obj.names\n")
    (tmp_path / "train.txt").write_text("data/obj_train_data/a.png\n")
    read = open_dataset(tmp_path)
    assert [(one.name, one.split, len(one.annotations)) for one in read.pictures] == [
        ("obj_train_data/a.png", "train", 1)
    ]


def test_darknet_as_roboflow_writes_it(tmp_path: Path):
    for split in ("train", "valid"):
        picture(tmp_path / split / "a.png")
        (tmp_path / split / "a.txt").write_text("0 0.5 0.5 0.2 0.4")
        (tmp_path / split / "_darknet.labels").write_text("bolt\n")
    read = open_dataset(tmp_path)
    assert read.classes == ("bolt",)
    assert [(one.name, one.split, len(one.annotations)) for one in read.pictures] == [
        ("train/a.png", "train", 1),
        ("valid/a.png", "val", 1),
    ]


def test_an_images_size_is_read_behind_any_metadata(tmp_path: Path):
    build(tmp_path, train_a="0 0.5 0.5 0.2 0.4")
    file = tmp_path / "train/images/a.png"
    data = file.read_bytes()
    note = b"tEXt" + b"k\0" + b"x" * 100_000
    chunk = (len(note) - 4).to_bytes(4, "big") + note + __import__("zlib").crc32(note).to_bytes(4, "big")
    file.write_bytes(data[:33] + chunk + data[33:])
    (picture_read,) = open_dataset(tmp_path).pictures
    assert (picture_read.width, picture_read.height) == (100, 50)
