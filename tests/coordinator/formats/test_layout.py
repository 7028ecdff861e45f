"""Names and links on a disk: hidden files, 255 bytes, loops of links, names that are no text."""

import os
from pathlib import Path

import pytest

from readiness_coordinator.formats import Unreadable, door, layout, open_dataset


def touch(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x")
    return folder


def names(folder: Path) -> list[str]:
    return [layout.name_under(folder, file) for file in layout.images_under(folder)]


def test_hidden_files_and_those_of_macos_are_skipped(tmp_path: Path):
    touch(tmp_path, "b.png", "a/c.JPG", ".d.png", "._b.png", ".git/e.png", "__MACOSX/f.png", "a/.g/h.png", "i.txt")
    assert names(tmp_path) == ["b.png", "a/c.JPG"]
    assert [folder.name for folder in layout.folders_in(tmp_path)] == ["a"]


def test_loops_of_links_end_and_linked_folders_are_read_once(tmp_path: Path):
    root = touch(tmp_path / "root", "a/1.png", "b/2.png")
    outside = touch(tmp_path / "outside", "3.png", "deep/4.png")
    for link, target in {
        "a/up": root,
        "a/self": root / "a" / "self",
        "b/sibling": root / "a",
        "b/above": tmp_path,
        "linked": outside,
        "twice": outside,
        "b/gone": tmp_path / "gone",
    }.items():
        (root / link).symlink_to(target)
    (outside / "deep" / "back").symlink_to(outside)
    (outside / "deep" / "home").symlink_to(root)
    assert layout.folders_in(root / "a") == []
    assert layout.folders_in(root / "b") == [root / "b/sibling"]
    assert layout.files_in(root / "b", ".png") == [root / "b/2.png"]
    assert names(root) == ["a/1.png", "b/2.png", "linked/3.png", "linked/deep/4.png"]


def test_names_of_255_bytes(tmp_path: Path):
    name = "\u00e9" * 125 + "x.png"
    assert len(name.encode()) == 255
    touch(tmp_path, f"bolt/{name}")
    (picture,) = open_dataset(tmp_path).pictures
    assert picture.name == f"bolt/{name}"
    assert layout.regular_bytes(picture.file) == b"x"


def test_names_that_are_no_text_stay_apart(tmp_path: Path):
    (tmp_path / "bolt").mkdir()
    for raw in (b"a\xff.png", b"a\xfe.png"):
        (tmp_path / "bolt" / os.fsdecode(raw)).write_bytes(b"x")
    assert [one.name for one in open_dataset(tmp_path).pictures] == ["bolt/a\\udcfe.png", "bolt/a\\udcff.png"]


def test_what_is_no_regular_file_is_not_read(tmp_path: Path):
    os.mkfifo(tmp_path / "a.png")
    with pytest.raises(OSError, match="not a regular file"):
        layout.regular_bytes(tmp_path / "a.png")
    with pytest.raises(Unreadable, match="too long"):
        layout.read_bytes(touch(tmp_path, "b.txt") / "b.txt", most=0)


@pytest.mark.parametrize(
    ("text", "found"),
    [("train/images", "set/train/images"), ("../x", "x"), ("./a/../b", "set/b"), ("/abs", "/abs")],
)
def test_paths_of_label_files_are_followed_by_text_alone(tmp_path: Path, text: str, found: str):
    assert layout.joined(tmp_path / "set", text) == tmp_path / found
    remote = layout.place("memory://top/set")
    there = layout.joined(remote, text)
    assert (None if there is None else str(there)) == (None if text == "/abs" else f"memory://top/{found}")
    assert layout.joined(layout.place("memory://"), "../../x") is None


def test_a_door_lets_through_what_lies_in_its_roots_alone(tmp_path: Path):
    root = touch(tmp_path / "root", "a/1.png")
    touch(tmp_path / "root-2", "2.png")
    (root / "out").symlink_to(tmp_path / "root-2")
    (root / "loop").symlink_to(root / "loop")
    (tmp_path / "in").symlink_to(root)
    here = door.Door([root], lambda: None)
    for path in (
        root,
        root / "a",
        root / "a/1.png",
        root / "none",
        root / "\0/x",
        root / "loop",
        tmp_path / "in" / "a",
    ):
        here.admit(path, path)
    for path in (tmp_path, root / "..", root / "a/../../root-2", root / "out", root / "out/2.png"):
        with pytest.raises(door.Outside, match="outside the allowed roots"):
            here.admit(path, path)
    door.Door([Path("/")], lambda: None).admit(Path("/x"), root)
    door.Door([Path("/usr")], lambda: None).admit(Path("/usr"), root)
