"""Pascal VOC: boxes as written, splits from lists, XML that is none."""

from pathlib import Path

import pytest

from readiness_coordinator.formats import Fault, Unreadable, open_dataset

OBJECT = """<object><bndbox><ymax>{3}</ymax><xmin>{0}</xmin><ymin>{1}</ymin><xmax>{2}</xmax></bndbox><name>{4}</name>
</object>"""


def build(folder: Path, lists: dict[str, str] | None = None, **objects: str) -> Path:
    for part in ("Annotations", "JPEGImages", "ImageSets/Main"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    for stem, inside in objects.items():
        (folder / "JPEGImages" / f"{stem}.jpg").write_bytes(b"jpeg")
        size = "<size><width>64</width><height>48</height></size>"
        xml = inside if inside.startswith(("<!", "no")) else f"<annotation>{size}{inside}</annotation>"
        (folder / "Annotations" / f"{stem}.xml").write_text(xml)
    for name, text in (lists or {}).items():
        (folder / "ImageSets" / "Main" / f"{name}.txt").write_text(text)
    return folder


def test_boxes_are_as_written_and_classes_in_name_order(tmp_path: Path):
    read = open_dataset(build(tmp_path, a=OBJECT.format(1, 2, 11, 22, "nut") + OBJECT.format(3, 4, 3, 4, "bolt")))
    (picture,) = read.pictures
    assert (read.format, read.classes) == ("voc", ("bolt", "nut"))
    assert [(one.row, one.box) for one in picture.annotations] == [(1, (1, 2, 10, 20)), (0, (3, 4, 0, 0))]
    assert (picture.name, picture.split, picture.width, picture.height) == ("JPEGImages/a.jpg", "all", 64, 48)


def test_trainval_places_only_what_train_and_val_leave_out(tmp_path: Path):
    lists = {"train": "a\n", "val": "b\n", "trainval": "a\nb\nc\n", "test": "d\nb\n"}
    read = open_dataset(build(tmp_path / "VOC", lists, a="", b="", c="", d="", e=""))
    assert [one.split for one in read.pictures] == ["train", "val", "train", "test", "unassigned"]
    assert read.listed_twice == (("JPEGImages/b.jpg", ("val", "test")),)


def test_bad_xml_and_bad_boxes_cost_only_themselves(tmp_path: Path):
    bad = OBJECT.format(1, 2, "wide", 22, "nut")
    bomb = '<!DOCTYPE x [<!ENTITY a "aa">]><annotation>&a;</annotation>'
    read = open_dataset(build(tmp_path, a=bad + OBJECT.format(1, 2, 3, 4, "nut"), b="no xml", c=bomb))
    assert [(one.labelled, len(one.annotations)) for one in read.pictures] == [(True, 1), (False, 0), (False, 0)]
    first, second, third = read.faults
    assert first == Fault("Annotations/a.xml object 1", "box not usable: 'wide' is no number")
    assert (second.where, third.where) == ("Annotations/b.xml", "Annotations/c.xml")
    assert "not usable XML" in second.what
    assert "EntitiesForbidden" in third.what


def test_an_image_without_xml_is_unlabelled_and_one_that_is_gone_is_listed(tmp_path: Path):
    folder = build(tmp_path, {"train": "a\nlost\n"}, a="")
    (folder / "JPEGImages" / "loose.jpg").write_bytes(b"jpeg")
    read = open_dataset(folder)
    assert [(one.key, one.split, one.labelled, one.file.is_file()) for one in read.pictures] == [
        ("a", "train", True, True),
        ("loose", "unassigned", False, True),
        ("lost", "train", False, False),
    ]


def test_two_voc_folders_are_one_too_many(tmp_path: Path):
    for year in ("VOC2007", "VOC2012"):
        build(tmp_path / year, a="")
    with pytest.raises(Unreadable, match=r"holds 2 VOC folders \(VOC2007, VOC2012\); name one"):
        open_dataset(tmp_path)
    assert open_dataset(tmp_path / "VOC2007").name == "VOC2007"
