"""One folder per class, and what is none."""

from pathlib import Path

import pytest

from readiness_coordinator.formats import Fault, Unreadable, open_dataset


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
    with pytest.raises(
        Unreadable, match=r"no dataset found: .*; looked for .*coco: .*yolo: .*voc: .*folder: "
    ) as caught:
        open_dataset(touch(tmp_path, *names))
    assert "\n" not in str(caught.value)


def test_wrong_asks_are_one_line(tmp_path: Path):
    folder = touch(tmp_path, "nut/1.jpg")
    with pytest.raises(Unreadable, match="no such file or folder"):
        open_dataset(tmp_path / "gone")
    with pytest.raises(Unreadable, match=r"no format 'tfrecord'; the formats are .*coco, yolo, voc, .*folder"):
        open_dataset(folder, format="tfrecord")
    with pytest.raises(Unreadable, match="--task detection does not fit"):
        open_dataset(folder, task="detection")
    with pytest.raises(Unreadable, match="leave out --images"):
        open_dataset(folder, images=folder)
    with pytest.raises(Unreadable, match="not a folder"):
        open_dataset(folder / "nut/1.jpg", format="folder")


def test_a_class_set_may_differ_per_split(tmp_path: Path):
    read = open_dataset(touch(tmp_path, "train/nut/1.jpg", "train/bolt/2.jpg", "test/nut/3.jpg", "test/gear/4.jpg"))
    assert read.classes == ("bolt", "gear", "nut")
    assert {(one.split, one.label) for one in read.pictures} == {
        ("train", "nut"),
        ("train", "bolt"),
        ("test", "nut"),
        ("test", "gear"),
    }


def test_files_that_are_no_images_are_told_of_by_their_ending(tmp_path: Path):
    names = [f"bolt/{index:03d}.heic" for index in range(30)]
    folder = touch(tmp_path, "bolt/1.jpg", "bolt/notes.txt", "bolt/Thumbs.db", "bolt/.DS_Store", "nut/x.gif", *names)
    assert open_dataset(folder).faults == (
        Fault("bolt/000.heic", ".heic is not read as an image: 30 files"),
        Fault("nut/x.gif", ".gif is not read as an image: 1 file"),
    )


def test_folders_beside_the_splits_are_told_of(tmp_path: Path):
    folder = touch(tmp_path, "train/nut/1.jpg", "test/nut/2.jpg", "nut/3.jpg", "nut/deep/4.jpg", "docs/readme.md")
    read = open_dataset(folder)
    assert len(read.pictures) == 2
    assert read.faults == (Fault("nut", "holds 2 images, beside the split folders; left out", "split-undeclared"),)


def test_links_that_loop_or_lead_nowhere_cost_only_themselves(tmp_path: Path):
    folder = touch(tmp_path / "set", "bolt/1.jpg", "bolt/deep/2.jpg")
    elsewhere = touch(tmp_path / "elsewhere", "3.jpg")
    (folder / "loop").symlink_to(folder)
    (folder / "bolt/deep/up").symlink_to(folder / "bolt")
    (folder / "gone").symlink_to(tmp_path / "nowhere")
    (folder / "nut").symlink_to(elsewhere)
    read = open_dataset(folder)
    assert [(one.name, one.label) for one in read.pictures] == [
        ("bolt/1.jpg", "bolt"),
        ("bolt/deep/2.jpg", "bolt"),
        ("nut/3.jpg", "nut"),
    ]
    assert read.faults == (
        Fault("gone", "is a link that leads nowhere"),
        Fault("loop", "is a link to a folder that holds it; left out"),
    )
