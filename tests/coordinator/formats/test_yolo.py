"""YOLO: data.yaml in its variants, split paths that lead nowhere, and rows that are none."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from readiness_coordinator.formats import Fault, Unreadable, open_dataset

ALIAS_BOMB = (
    "a0: &a0 [x, x]\n" + "".join(f"a{i}: &a{i} [{f'*a{i - 1}, ' * 9}]\n" for i in range(1, 12)) + "names: *a11\n"
)
YAML = "train: train/images\nval: valid/images\nnc: 2\nnames: [bolt, nut]\n"


def build(folder: Path, yaml: str = YAML, **labels: str | bytes | None) -> Path:
    """One image a name: `train_a="0 …"` is train/images/a.png with that label file, None is without one."""
    folder.mkdir(exist_ok=True)
    (folder / "data.yaml").write_text(yaml)
    for key, text in labels.items():
        split, _, name = key.partition("_")
        for part in ("images", "labels"):
            (folder / split / part).mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(folder / split / "images" / f"{name}.png"), np.zeros((50, 100, 3), np.uint8))
        if text is not None:
            data = text.encode() if isinstance(text, str) else text
            (folder / split / "labels" / f"{name}.txt").write_bytes(data)
    return folder


def test_boxes_are_pixels_of_the_image(tmp_path: Path):
    read = open_dataset(build(tmp_path, train_a="1 0.5 0.5 0.2 0.4\n", valid_b=""))
    first, second = read.pictures
    assert (read.format, read.task, read.classes) == ("yolo", "detection", ("bolt", "nut"))
    assert (first.name, first.split, first.width, first.height) == ("train/images/a.png", "train", 100, 50)
    assert first.annotations[0].box == pytest.approx((40, 15, 20, 20))
    assert (second.split, second.labelled, second.annotations) == ("val", True, ())


def test_a_missing_label_file_is_not_an_empty_one(tmp_path: Path):
    read = open_dataset(build(tmp_path, train_a=None, train_b=""))
    assert [(one.labelled, one.annotations) for one in read.pictures] == [(False, ()), (True, ())]


def test_bad_rows_are_told_of_by_line_and_the_rest_stays(tmp_path: Path):
    rows = [
        "0 0.5 0.5 0.2 0.4",
        "7 0.5 0.5 0.2 0.4",
        "0 0,5 0.5 0.2 0.4",
        "0 0.5 0.5 0.2",
        "0 0.5 0.5 0.2 0.4 0.9",
        "0 320 240 50 60",
        "0 nan 0.5 0.2 0.4",
        "1.5 0.5 0.5 0.2 0.4",
        "1 0.1 0.1 0.9 0.1 0.9 0.9",
    ]
    read = open_dataset(build(tmp_path, train_a="\n".join(rows)))
    assert len(read.pictures[0].annotations) == 2
    assert read.faults == (
        Fault("train/labels/a.txt:2", "class 7 is none of 0 to 1", "class-undefined"),
        Fault("train/labels/a.txt:3", "'0,5' is no number; columns are parted by blanks, decimals by a point"),
        Fault("train/labels/a.txt:4", "4 columns; a box has 5, a polygon 7 or more, an odd number"),
        Fault("train/labels/a.txt:5", "6 columns: a prediction with its confidence is no label"),
        Fault("train/labels/a.txt:6", "coordinates are no fractions of the image; pixels are not YOLO"),
        Fault("train/labels/a.txt:7", "'nan' is not finite"),
        Fault("train/labels/a.txt:8", "class 1.5 is none of 0 to 1", "class-undefined"),
    )


def test_a_byte_order_mark_and_polygons(tmp_path: Path):
    text = "\ufeff0 0.1 0.2 0.5 0.2 0.5 0.8 0.3 0.8 0.1 0.8\r\n"
    read = open_dataset(build(tmp_path, train_a=text.encode()))
    (one,) = read.pictures[0].annotations
    assert read.task == "segmentation"
    assert one.box == pytest.approx((10, 10, 40, 30))
    assert one.area == pytest.approx(1200)
    assert read.faults == ()


def test_text_that_is_no_text_leaves_the_image(tmp_path: Path):
    read = open_dataset(build(tmp_path, train_a=b"\xff\xfe\x00"))
    assert [one.labelled for one in read.pictures] == [False]
    assert read.faults == (Fault("train/labels/a.txt", "not UTF-8 text (byte 0)"),)


def test_an_unreadable_image_keeps_its_objects_without_boxes(tmp_path: Path):
    folder = build(tmp_path, train_a="0 0.5 0.5 0.2 0.4")
    (folder / "train/images/a.png").write_bytes(b"no image")
    assert [one.box for one in open_dataset(folder).pictures[0].annotations] == [None]


def test_paths_out_of_the_folder_are_found_inside_and_told_of(tmp_path: Path):
    yaml = YAML.replace("train/", "../train/").replace("valid/", "../valid/")
    read = open_dataset(build(tmp_path / "set", yaml, train_a="", valid_b=""))
    assert [one.name for one in read.pictures] == ["train/images/a.png", "valid/images/b.png"]
    assert read.broken_paths == (
        Fault("data.yaml train", "'../train/images' does not exist; read train/images instead", "split-path-broken"),
        Fault("data.yaml val", "'../valid/images' does not exist; read valid/images instead", "split-path-broken"),
    )


def test_names_as_a_mapping_and_a_wrong_count(tmp_path: Path):
    yaml = "path: .\ntrain: train/images\nnc: 5\nnames: {0: bolt, 2: nut}\n"
    read = open_dataset(build(tmp_path, yaml, train_a="2 0.5 0.5 0.2 0.4"))
    assert read.classes == ("bolt", "class 1", "nut")
    assert read.faults == (Fault("data.yaml nc", "nc is 5, names lists 3"),)


def test_lists_of_images_and_one_image_in_two_splits(tmp_path: Path):
    folder = build(tmp_path, "train: train.txt\nval: [val.txt]\nnames: [bolt]\n", pool_a="", pool_b="")
    (folder / "train.txt").write_text("./pool/images/a.png\npool/images/b.png\n")
    (folder / "val.txt").write_text("pool/images/b.png\npool/images/gone.png\n")
    read = open_dataset(folder)
    assert [(one.name, one.split) for one in read.pictures] == [
        ("pool/images/a.png", "train"),
        ("pool/images/b.png", "train"),
        ("pool/images/gone.png", "val"),
    ]
    assert read.listed_twice == (("pool/images/b.png", ("train", "val")),)


def test_folders_of_splits_that_nothing_declares_are_named(tmp_path: Path):
    yaml = "train: train/images\nval: validation/images\nnames: [bolt, nut]\n"
    read = open_dataset(build(tmp_path, yaml, train_a="", valid_b="0 0.5 0.5 0.2 0.4", valid_c="", test_d=""))
    assert [one.name for one in read.pictures] == ["train/images/a.png"]
    words = "and no split of data.yaml names it: left out"
    assert read.faults == (
        Fault("test", f"holds 1 image, {words}", "split-undeclared"),
        Fault("valid", f"holds 2 images, {words}", "split-undeclared"),
    )
    assert read.broken_paths[0].where == "data.yaml val"


def test_folders_of_splits_beside_declared_ones_in_images_are_named(tmp_path: Path):
    for split in ("train", "val2017"):
        (tmp_path / "images" / split).mkdir(parents=True)
        cv2.imwrite(str(tmp_path / "images" / split / f"{split}.png"), np.zeros((50, 100, 3), np.uint8))
    (tmp_path / "data.yaml").write_text("train: images/train\nnames: [bolt]\n")
    (fault,) = open_dataset(tmp_path).faults
    assert (fault.where, fault.code) == ("images/val2017", "split-undeclared")


def test_declared_folders_lists_of_some_and_empty_ones_are_not_undeclared(tmp_path: Path):
    build(tmp_path, YAML + "test: some.txt\n", train_a="", valid_b="", test_c="", test_d="")
    (tmp_path / "some.txt").write_text("test/images/c.png\n")
    (tmp_path / "val").mkdir()
    assert open_dataset(tmp_path).faults == ()


@pytest.mark.parametrize("said", ["train/images", "./train/images/", "../set/train/images"])
def test_one_folder_for_two_splits_is_said_to_be(tmp_path: Path, said: str):
    yaml = f"train: train/images\nval: {said}\nnames: [bolt, nut]\n"
    read = open_dataset(build(tmp_path / "set", yaml, train_a=""))
    what = "names the same folder as train: train/images"
    assert read.broken_paths == (Fault("data.yaml val", what, "split-path-broken"),)
    assert read.listed_twice == (("train/images/a.png", ("train", "val")),)


@pytest.mark.parametrize(
    ("yaml", "line"),
    [
        ("names: [a\ntrain: x", "not plain YAML"),
        ("names: !!python/object/apply:os.system ['true']\ntrain: x\n", "not plain YAML.*python/object"),
        ("- names\n- train\n", "not a YAML mapping"),
        ("names: 5\ntrain: train/images\n", "'names' must list the classes"),
        ("names: [[bolt], nut]\ntrain: train/images\n", "'names' holds no plain text for class 0"),
        ("names: {0: bolt, 1: {a: b}}\ntrain: train/images\n", "'names' holds no plain text for class 1"),
        (ALIAS_BOMB, r"not plain YAML \(line 1\): anchors and aliases are not read"),
        ("names: [bolt, *a]\ntrain: train/images\n", "anchors and aliases are not read"),
        ("names: [a]\ntrain: {a: b}\n", "'train' must be a path or a list of paths"),
        ("names: [a]\ntrain: nowhere\n", "no image in any of its splits; .*'nowhere' does not exist"),
        ("names: [a]\n", "no image in any of its splits"),
        ("names: " + "[" * 5000, "not plain YAML"),
    ],
)
def test_what_is_no_yolo_is_one_line(tmp_path: Path, yaml: str, line: str):
    with pytest.raises(Unreadable, match=line) as caught:
        open_dataset(build(tmp_path, yaml))
    assert "\n" not in str(caught.value)
    assert str(tmp_path / "data.yaml") in str(caught.value)


def test_a_list_with_a_nul_is_one_line(tmp_path: Path):
    build(tmp_path, "train: train.txt\nnames: [bolt]\n", train_a="")
    (tmp_path / "train.txt").write_bytes(b"train/images/a.png\ntrain/images/\0.png\n")
    with pytest.raises(Unreadable, match=r"train\.txt: not text, it holds a NUL"):
        open_dataset(tmp_path)
