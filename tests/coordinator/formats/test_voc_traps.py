"""VOC's traps: sizes, corners, flags, file names, lists, XML beside the images, and XML without one."""

from pathlib import Path

import pytest

from readiness_coordinator.formats import Fault, open_dataset

BOX = "<bndbox><ymax>{3}</ymax><xmin>{0}</xmin><xmax>{2}</xmax><ymin>{1}</ymin></bndbox>"


def obj(*corners: object, more: str = "") -> str:
    return f"<object>{more}{BOX.format(*corners)}<name>nut</name></object>"


def build(folder: Path, home: str = "Annotations", pictures: str = "JPEGImages", **inside: str) -> Path:
    for stem, text in inside.items():
        for part in (home, pictures):
            (folder / part).mkdir(parents=True, exist_ok=True)
        (folder / pictures / f"{stem}.jpg").write_bytes(b"jpeg")
        (folder / home / f"{stem}.xml").write_text(f"<annotation>{text}</annotation>")
    return folder


def test_trap_corners_count_from_nought_or_one_and_may_be_fractions(tmp_path: Path):
    read = open_dataset(build(tmp_path, a=obj(0, 0, 10, 10) + obj(1, 1, 10, 10) + obj("1.5", "2.25", "3.5", "4.5")))
    assert [one.box for one in read.pictures[0].annotations] == [(0, 0, 10, 10), (1, 1, 9, 9), (1.5, 2.25, 2, 2.25)]


def test_trap_difficult_and_truncated_are_kept(tmp_path: Path):
    flags = obj(1, 1, 5, 5, more="<difficult>1</difficult><truncated>0</truncated>")
    read = open_dataset(build(tmp_path, a=flags + obj(1, 1, 5, 5, more="<truncated> 1 </truncated>")))
    assert [(one.difficult, one.truncated) for one in read.pictures[0].annotations] == [(True, False), (False, True)]


@pytest.mark.parametrize(
    ("said", "size", "faults"),
    [
        ("<width>640</width><height>480</height>", (640, 480), ()),
        ("<height>480.0</height><depth>3</depth><width> 640 </width>", (640, 480), ()),
        ("<width>0</width><height>0</height>", (None, None), (Fault("Annotations/a.xml", "size 0x0 is none"),)),
        ("<width>wide</width>", (None, None), (Fault("Annotations/a.xml", "size widex is none"),)),
    ],
)
def test_trap_the_size_is_nought_or_none(tmp_path: Path, said: str, size: object, faults: object):
    read = open_dataset(build(tmp_path, a=f"<size>{said}</size>"))
    assert ((read.pictures[0].width, read.pictures[0].height), read.faults) == (size, faults)


def test_trap_a_filename_of_another_image_is_told_of(tmp_path: Path):
    build(tmp_path, a="<filename>a</filename>", b="<filename>C:\\x\\b.JPG</filename>", c="<filename>z.jpg</filename>")
    read = open_dataset(tmp_path)
    assert [one.file.name for one in read.pictures] == ["a.jpg", "b.jpg", "c.jpg"]
    assert read.faults == (
        Fault("Annotations/c.xml", "filename says 'z.jpg'; read for c.jpg, which has the file's name"),
    )


def test_a_filename_leads_to_the_image_where_the_stem_does_not(tmp_path: Path):
    build(tmp_path, a="", scan_1=obj(1, 2, 3, 4) + "<filename>photo.jpg</filename>")
    (tmp_path / "JPEGImages/scan_1.jpg").rename(tmp_path / "JPEGImages/photo.jpg")
    read = open_dataset(tmp_path)
    assert [(one.name, len(one.annotations)) for one in read.pictures if one.labelled] == [
        ("JPEGImages/a.jpg", 0),
        ("JPEGImages/photo.jpg", 1),
    ]


def test_trap_xml_without_an_image_is_told_of(tmp_path: Path):
    build(tmp_path, a="", b=obj(1, 2, 3, 4))
    (tmp_path / "JPEGImages/b.jpg").unlink()
    read = open_dataset(tmp_path)
    assert [one.name for one in read.pictures] == ["JPEGImages/a.jpg"]
    assert read.faults == (Fault("Annotations/b.xml", "there is no image of this name", "label-file-orphaned"),)


def test_trap_lists_hold_stems_with_blanks_flags_and_endings(tmp_path: Path):
    build(tmp_path, **{"my photo 1": "", "b": "", "c": "", "d": ""})
    (tmp_path / "ImageSets/Main").mkdir(parents=True)
    (tmp_path / "ImageSets/Main/train.txt").write_text("my photo 1\r\nb  1\r\n\r\n")
    (tmp_path / "ImageSets/Main/validation.txt").write_text("c.jpg\n")
    (tmp_path / "ImageSets/Main/nut_train.txt").write_text("d 1\n")
    read = open_dataset(tmp_path)
    assert {str(one.key): one.split for one in read.pictures} == {
        "my photo 1": "train",
        "b": "train",
        "c": "val",
        "d": "unassigned",
    }
    assert read.declared == ("train", "val")


def test_two_images_of_one_stem_are_both_there(tmp_path: Path):
    build(tmp_path, a=obj(1, 2, 3, 4) + "<filename>a.png</filename>")
    (tmp_path / "JPEGImages/a.png").write_bytes(b"png")
    assert [(one.name, one.labelled) for one in open_dataset(tmp_path).pictures] == [
        ("JPEGImages/a.jpg", False),
        ("JPEGImages/a.png", True),
    ]


def test_xml_beside_the_images_as_roboflow_writes_it(tmp_path: Path):
    for split in ("train", "valid"):
        build(tmp_path, split, split, **{f"{split}_jpg.rf.0a": obj(1, 2, 3, 4)})
    read = open_dataset(tmp_path)
    assert read.format == "voc"
    assert [(one.name, one.split, len(one.annotations)) for one in read.pictures] == [
        ("train/train_jpg.rf.0a.jpg", "train", 1),
        ("valid/valid_jpg.rf.0a.jpg", "val", 1),
    ]


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><annotation>&b;</annotation>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><annotation>&a;</annotation>',
        '<?xml version="1.0" encoding="none-such"?><annotation/>',
        "<annotation>" * 3,
    ],
)
def test_trap_xml_that_unfolds_or_is_none_costs_only_itself(tmp_path: Path, text: str):
    build(tmp_path, a=obj(1, 2, 3, 4), b="")
    (tmp_path / "Annotations/b.xml").write_text(text)
    read = open_dataset(tmp_path)
    assert [(one.labelled, len(one.annotations)) for one in read.pictures] == [(True, 1), (False, 0)]
    assert [fault.where for fault in read.faults] == ["Annotations/b.xml"]


@pytest.mark.parametrize(("link", "target"), [("JPEGImages/up", ".."), ("up", "."), ("Annotations/up", "../..")])
def test_a_link_back_up_is_no_second_dataset(tmp_path: Path, link: str, target: str):
    root = build(tmp_path / "set", a=obj(1, 1, 5, 5))
    before = open_dataset(root)
    (root / link).symlink_to(target)
    assert open_dataset(root) == before


def test_a_link_back_up_beside_pairs_gives_no_image_twice(tmp_path: Path):
    root = build(tmp_path / "set", ".", ".", a=obj(1, 1, 5, 5))
    (root / "up").symlink_to(".")
    assert [one.name for one in open_dataset(root).pictures] == ["a.jpg"]
