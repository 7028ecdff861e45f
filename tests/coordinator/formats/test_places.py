"""Places: zips read in place, remote roots and hostile archives; the same dataset reads alike wherever it lies."""

import multiprocessing
import struct
import zipfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import fsspec
import pytest
from upath import UPath

from parts_dataset import Parts
from readiness_coordinator.formats import Labelled, Unreadable, digest, layout, open_dataset, places
from readiness_coordinator.scan.view import look_at

LEADS_OUT = "leads out of the zip; it is left out"


def zipped(folder: Path, archive: Path, prefix: str = "", **more: bytes) -> Path:
    with zipfile.ZipFile(archive, "w") as file:
        for path in sorted(folder.rglob("*")):
            file.write(path, prefix + path.relative_to(folder).as_posix())
        for name, data in more.items():
            file.writestr(name, data)
    return archive


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Any]:
    """Copies a folder to a root of its own in fsspec's memory and gives its URL."""
    files, root = fsspec.filesystem("memory"), f"/{uuid4().hex}"

    def put(folder: Path) -> str:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                files.pipe_file(f"{root}/set/{path.relative_to(folder).as_posix()}", path.read_bytes())
        return f"memory:/{root}/set"

    yield put
    if files.exists(root):
        files.rm(root, recursive=True)


def content(read: Labelled) -> tuple[object, ...]:
    pictures = [(one.name, one.split, one.width, one.height, one.labelled, one.annotations) for one in read.pictures]
    return pictures, read.classes, read.faults, read.broken_paths, read.task, digest(read)


def coco(folder: Path) -> Path:
    return Parts(folder, train=3, val=2).root


def yolo(folder: Path) -> Path:
    Parts(folder, train=2, valid=2)
    (folder / "data.yaml").write_text("train: ../train/images\nval: ../valid/images\nnames: [bolt, nut]\n")
    for split in ("train", "valid"):
        (folder / split / "labels").mkdir()
        (folder / split / "images").mkdir()
        for image in sorted((folder / split).glob("*.png")):
            image.rename(folder / split / "images" / image.name)
            (folder / split / "labels" / f"{image.stem}.txt").write_text("1 0.5 0.5 0.25 0.5\n")
        (folder / "annotations" / f"{split}.json").unlink()
    return folder


def voc(folder: Path) -> Path:
    Parts(folder, train=3)
    (folder / "annotations/train.json").unlink()
    (folder / "annotations").rmdir()
    (folder / "train").rename(folder / "JPEGImages")
    (folder / "Annotations").mkdir()
    box = "<bndbox><xmin>1</xmin><ymin>2</ymin><xmax>30</xmax><ymax>40</ymax></bndbox>"
    for image in sorted((folder / "JPEGImages").iterdir()):
        xml = f"<annotation><object><name>nut</name>{box}</object></annotation>"
        (folder / "Annotations" / f"{image.stem}.xml").write_text(xml)
    return folder


def classes(folder: Path) -> Path:
    Parts(folder, bolt=2, nut=2)
    for split in ("bolt", "nut"):
        (folder / "annotations" / f"{split}.json").unlink()
    (folder / "annotations").rmdir()
    return folder


@pytest.mark.parametrize("build", [coco, yolo, voc, classes])
def test_a_zip_a_folder_and_a_remote_root_read_alike(tmp_path: Path, memory: Any, build: Any):
    folder = build(tmp_path / "set")
    here = open_dataset(folder)
    assert here.pictures
    packed = zipped(folder, tmp_path / "set.zip")
    nested = zipped(folder, tmp_path / "nested.zip", "export/", **{"__MACOSX/export/._a.json": b"{}", ".hidden": b""})
    for place in (packed, nested, str(packed), f"zip://::{packed}", memory(folder), f"file://{folder}"):
        assert content(open_dataset(place)) == content(here)
    assert open_dataset(packed).name == here.name == "set"


def test_class_folders_of_a_zip_are_listed_and_not_asked_about_file_by_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    asked: list[str] = []
    for question in ("stat", "exists", "is_file", "is_dir", "is_symlink"):
        honest = getattr(UPath, question)
        monkeypatch.setattr(
            UPath, question, lambda self, *args, honest=honest: asked.append(str(self)) or honest(self, *args)
        )
    counts = []
    for each in (2, 40):
        archive = tmp_path / f"{each}.zip"
        with zipfile.ZipFile(archive, "w") as file:
            for number in range(each):
                for home in ("", "train/bolt/", "train/nut/", "val/bolt/"):
                    file.writestr(f"{home}{number}.jpg", b"")
        asked.clear()
        assert len(open_dataset(archive).pictures) == 3 * each
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_images_of_a_zip_are_read_by_name_in_worker_processes(tmp_path: Path, memory: Any):
    folder = coco(tmp_path / "set")
    here = [look_at(str(one.file)) for one in open_dataset(folder).pictures]
    inside = [str(one.file) for one in open_dataset(zipped(folder, tmp_path / "set.zip")).pictures]
    assert all(name.startswith("zip://") for name in inside)
    assert [layout.regular_bytes(name) for name in inside] == [
        one.file.read_bytes() for one in open_dataset(folder).pictures
    ]
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        there = list(pool.map(look_at, inside, chunksize=1))
    assert [one.view.digest for one in there] == [one.view.digest for one in here]
    assert all(one.view.digest for one in there)


def test_members_that_lead_out_are_told_of_and_nothing_is_written(tmp_path: Path):
    bad = {"../../evil.json": b"x", "/etc/passwd": b"x", "C:\\evil.png": b"x", "a/../../b.png": b"x"}
    archive = zipped(coco(tmp_path / "set"), tmp_path / "set.zip", **bad)
    before = sorted(tmp_path.rglob("*"))
    read = open_dataset(archive)
    assert [fault.where for fault in read.faults if fault.what == LEADS_OUT] == sorted(f"member {one!a}" for one in bad)
    assert len(read.pictures) == 5
    assert sorted(tmp_path.rglob("*")) == before


def test_a_zip_made_on_windows_has_folders(tmp_path: Path):
    folder = coco(tmp_path / "set")
    with zipfile.ZipFile(tmp_path / "set.zip", "w") as file:
        for path in sorted(folder.rglob("*.*")):
            info = zipfile.ZipInfo("x")
            info.filename = path.relative_to(folder).as_posix().replace("/", "\\")
            file.writestr(info, path.read_bytes())
    assert content(open_dataset(tmp_path / "set.zip")) == content(open_dataset(folder))


def test_a_zip_bomb_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(places, "_SMALL_ARCHIVE", 1 << 20)
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("annotations/train.json", bytes(8 << 20))
    with pytest.raises(Unreadable, match=r"bomb\.zip: unpacks to 8,388,608 bytes from 8,\d+, as a zip bomb does"):
        open_dataset(tmp_path / "bomb.zip")


def test_a_member_that_unpacks_to_far_more_costs_only_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(places, "_SMALL_MEMBER", 1 << 20)
    folder = coco(tmp_path / "set")
    with zipfile.ZipFile(zipped(folder, tmp_path / "set.zip"), "a", zipfile.ZIP_DEFLATED) as file:
        file.writestr("train/bomb.png", bytes(8 << 20))
    pictures = {one.name: str(one.file) for one in open_dataset(tmp_path / "set.zip").pictures}
    assert len(pictures) == 6
    with pytest.raises(OSError, match="as a zip bomb does"):
        layout.regular_bytes(pictures["train/bomb.png"])


def test_a_member_longer_than_it_says_ends_where_it_says(tmp_path: Path):
    archive = tmp_path / "liar.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a.png", bytes(1 << 20))
    data = bytearray(archive.read_bytes())
    at = data.rindex(b"PK\x01\x02") + 24
    data[at : at + 4] = struct.pack("<I", 10)
    archive.write_bytes(data)
    with pytest.raises(OSError, match=r"\S"):
        layout.regular_bytes(f"zip://a.png::{archive}")


@pytest.mark.parametrize("data", [b"", b"PK", b"no zip at all", bytes(100)])
def test_what_is_no_zip_is_one_line(tmp_path: Path, data: bytes):
    (tmp_path / "set.zip").write_bytes(data)
    with pytest.raises(Unreadable, match=r"set\.zip: not a zip that can be read: ") as caught:
        open_dataset(tmp_path / "set.zip")
    assert "\n" not in str(caught.value)


def test_a_damaged_or_encrypted_member_is_one_line(tmp_path: Path):
    archive = zipped(coco(tmp_path / "set"), tmp_path / "set.zip")
    data = bytearray(archive.read_bytes())
    data[data.index(b'"images"')] ^= 1
    (tmp_path / "damaged.zip").write_bytes(data)
    with pytest.raises(Unreadable, match=r"train\.json::.*damaged\.zip: cannot be read: Bad CRC-32"):
        open_dataset(tmp_path / "damaged.zip")
    data = bytearray(archive.read_bytes())
    for mark, flags in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = -1
        while (at := data.find(mark, at + 1)) >= 0:
            data[at + flags] |= 1
    (tmp_path / "locked.zip").write_bytes(data)
    with pytest.raises(Unreadable, match=r"cannot be read: .*encrypted"):
        open_dataset(tmp_path / "locked.zip")


def test_a_zip_that_is_replaced_is_read_anew(tmp_path: Path):
    archive = zipped(coco(tmp_path / "one"), tmp_path / "set.zip")
    first = open_dataset(archive)
    (tmp_path / "one" / "train" / "more.png").write_bytes(b"no image")
    zipped(tmp_path / "one", archive)
    assert len(open_dataset(archive).pictures) == len(first.pictures) + 1


@pytest.mark.parametrize(
    ("url", "line"),
    [
        ("s3://bucket/set", "s3://bucket/set: cannot be reached: .*s3fs"),
        ("nothing://set", "nothing://set: cannot be reached: "),
        ("memory://gone/set", "memory://.*gone/set: no such file or folder"),
        ("zip://::/gone/set.zip", "/gone/set.zip: not a zip that can be read"),
    ],
)
def test_what_cannot_be_reached_is_one_line(url: str, line: str):
    with pytest.raises(Unreadable, match=line) as caught:
        open_dataset(url)
    assert "\n" not in str(caught.value)
    with pytest.raises(OSError, match=r"\S"):
        layout.regular_bytes(url)


def test_a_remote_root_that_fails_midway_is_one_line(tmp_path: Path, memory: Any, monkeypatch: pytest.MonkeyPatch):
    url = memory(coco(tmp_path / "set"))

    def fail(*_: Any, **__: Any) -> bytes:
        raise RuntimeError("the network went away\nand more")

    monkeypatch.setattr("fsspec.implementations.memory.MemoryFileSystem._open", fail)
    with pytest.raises(Unreadable, match=r"cannot be read: the network went away$"):
        open_dataset(url)


def test_a_path_is_never_taken_for_a_url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Unreadable, match="s3:/bucket/set: no such file or folder"):
        open_dataset(Path("s3://bucket/set"))


def test_where_a_place_lies_on_disk(tmp_path: Path):
    archive = zipped(coco(tmp_path / "set"), tmp_path / "set.zip")
    assert {places.on_disk(one.file) for one in open_dataset(archive).pictures} == {archive}
    assert places.on_disk(tmp_path) == tmp_path
    assert places.on_disk(places.place("memory://set/a.png")) is None


def test_a_file_of_over_two_gigabytes_is_not_read(tmp_path: Path):
    with (tmp_path / "huge.png").open("wb") as file:
        file.truncate(places.MOST_BYTES + 1)
    with pytest.raises(OSError, match="over the limit"):
        layout.regular_bytes(tmp_path / "huge.png")
    assert layout.regular_bytes(tmp_path / "huge.png", 4) == bytes(4)
