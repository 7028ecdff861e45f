"""Where no dataset is found, the line says what lies there instead."""

import json
from pathlib import Path
from typing import Any

import pytest

from readiness_coordinator.formats import Unreadable, near_miss, open_dataset

COCO: dict[str, Any] = {"images": [], "annotations": [], "categories": []}


def touch(root: Path, *names: str) -> Path:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    return root


def line(place: Path) -> str:
    with pytest.raises(Unreadable) as caught:
        open_dataset(place)
    assert "\n" not in str(caught.value)
    return str(caught.value).removeprefix(f"{place}: ").partition("; looked for")[0]


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ((), "there is no file in it"),
        (("a.jpg", "b.PNG", "images/c.jpg"), "it holds 3 images but no label file"),
        (("a.jpg",), "it holds 1 image but no label file"),
        (("notes/readme.md",), "it holds no image and no label file"),
        (("images/a.jpg", "labels.csv"), "it holds 1 image and 1 .csv file"),
        (
            ("images/a.jpg", "labels/a.txt", "labels/b.txt"),
            "it holds 1 image and 2 .txt files; labels of YOLO need a data.yaml or classes.txt that names the classes",
        ),
    ],
)
def test_what_is_there_is_counted(tmp_path: Path, names: tuple[str, ...], said: str):
    assert line(touch(tmp_path, *names)) == f"no dataset found: {said}"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"images": [], "categories": []}, "it lacks 'annotations'"),
        ({"annotation": [], "images": {}}, "it lacks 'images' and 'annotations' and 'categories'"),
        ([1], "it lacks 'images' and 'annotations' and 'categories'"),
    ],
)
def test_a_json_that_is_no_coco_is_named_with_what_it_lacks(tmp_path: Path, said: Any, words: str):
    touch(tmp_path, "a.jpg")
    (tmp_path / "labels.json").write_text(json.dumps(said))
    assert line(tmp_path) == f"no dataset found: it holds 1 image and 1 .json file; labels.json is no COCO, {words}"


@pytest.mark.parametrize("key", COCO)
def test_a_json_where_coco_lies_is_named_with_what_it_lacks(tmp_path: Path, key: str):
    (tmp_path / "annotations").mkdir()
    (tmp_path / "annotations/train.json").write_text(json.dumps({one: [] for one in COCO if one != key}))
    assert line(tmp_path) == f"no JSON with images, annotations and categories in it; train.json lacks '{key}'"


def test_a_dataset_one_folder_deeper_is_pointed_at(tmp_path: Path):
    touch(tmp_path, "readme.md", "export/train/nut/1.jpg", "export/train/bolt/2.jpg")
    assert line(tmp_path) == "no dataset found: but export in it looks like folder: give that folder"


def test_a_yaml_whose_folders_are_not_there_names_those_that_are(tmp_path: Path):
    touch(tmp_path, "train/images/a.jpg")
    (tmp_path / "data.yaml").write_text("names: [bolt]\ntrain: training/images\n")
    assert "data.yaml train: 'training/images' does not exist" in line(tmp_path)
    assert line(tmp_path).endswith("train: holds 1 image, and no split names it: left out")


def test_a_single_file_and_broken_json(tmp_path: Path):
    (tmp_path / "notes.txt").touch()
    assert line(tmp_path / "notes.txt").startswith("no dataset found: a .txt file is none: give the folder")
    (tmp_path / "cut.json").write_text('{"images": [')
    assert line(tmp_path) == "no dataset found: it holds 1 .json file and 1 .txt file"


def test_the_work_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(near_miss, "_MOST_FILES", 2)
    assert line(touch(tmp_path, "1.jpg", "2.jpg", "3.jpg", "4.jpg")).startswith(
        "no dataset found: it holds 3 images and more beyond the first 2"
    )
