"""One folder per class, and what is none."""

from pathlib import Path

import pytest

from readiness_coordinator.formats import Unreadable, open_dataset


def touch(root: Path, *names: str) -> Path:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"x")
    return root


def test_without_splits_all_is_one(tmp_path: Path):
    read = open_dataset(touch(tmp_path, "nut/1.jpg", "bolt/2.PNG", "bolt/.hidden.jpg", "bolt/notes.txt"))
    assert (read.format, read.task, read.classes) == ("folder", "classification", ("bolt", "nut"))
    assert [(one.name, one.label, one.split) for one in read.pictures] == [
        ("bolt/2.PNG", "bolt", "all"),
        ("nut/1.jpg", "nut", "all"),
    ]


def test_split_folders_nested_images_and_a_class_without_any(tmp_path: Path):
    read = open_dataset(touch(tmp_path, "train/nut/deep/1.jpg", "valid/nut/2.jpg", "valid/gear/.keep", "train/3.jpg"))
    assert read.classes == ("gear", "nut")
    assert [(one.name, one.label, one.split, one.labelled) for one in read.pictures] == [
        ("train/3.jpg", None, "train", False),
        ("train/nut/deep/1.jpg", "nut", "train", True),
        ("valid/nut/2.jpg", "nut", "val", True),
    ]


@pytest.mark.parametrize("names", [(), ("a.jpg", "b.jpg"), ("images/a.jpg", "labels/a.txt"), ("notes/readme.txt",)])
def test_what_is_no_dataset_is_one_line_that_says_what_was_looked_for(tmp_path: Path, names: tuple[str, ...]):
    with pytest.raises(Unreadable, match=r"no dataset found; looked for coco: .*yolo: .*voc: .*folder: ") as caught:
        open_dataset(touch(tmp_path, *names))
    assert "\n" not in str(caught.value)


def test_wrong_asks_are_one_line(tmp_path: Path):
    folder = touch(tmp_path, "nut/1.jpg")
    with pytest.raises(Unreadable, match="no such file or folder"):
        open_dataset(tmp_path / "gone")
    with pytest.raises(Unreadable, match="no format 'tfrecord'; the formats are coco, yolo, voc, folder"):
        open_dataset(folder, format="tfrecord")
    with pytest.raises(Unreadable, match="--task detection does not fit"):
        open_dataset(folder, task="detection")
    with pytest.raises(Unreadable, match="leave out --images"):
        open_dataset(folder, images=folder)
    with pytest.raises(Unreadable, match="not a folder"):
        open_dataset(folder / "nut/1.jpg", format="folder")
