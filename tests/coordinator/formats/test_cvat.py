"""CVAT XML 1.1: images and videos, every shape, and XML that is refused."""

from pathlib import Path

import pytest

from readiness_coordinator.formats import Fault, Labelled, Unreadable, open_dataset

META = """<version>1.1</version><meta><task><name>yard</name><labels>
<label><name>nut</name><type>any</type><attributes><attribute><name>rust</name></attribute></attributes></label>
<label><name>bolt</name><type>rectangle</type></label><label><name>tip</name><type>points</type></label>
<label><name>sunny</name><type>tag</type></label></labels>{}</task></meta>"""
BOX = (
    '<box label="nut" xtl="1.5" ytl="2" xbr="11.5" ybr="22" occluded="0" source="manual">'
    '<attribute name="rust">1</attribute></box>'
)


def build(root: Path, inside: str, *images: str, meta: str = META.format("")) -> Path:
    root.mkdir(exist_ok=True)
    (root / "annotations.xml").write_text(f'<?xml version="1.0"?><annotations>{meta}{inside}</annotations>')
    for name in images:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"image")
    return root


def image(name: str, inside: str = "", more: str = "") -> str:
    return f'<image id="{len(name)}" name="{name}" {more} width="64" height="48">{inside}</image>'


def shaped(tmp_path: Path, shape: str) -> Labelled:
    return open_dataset(build(tmp_path, image("a.jpg", shape), "images/a.jpg"))


def test_boxes_classes_and_sizes(tmp_path: Path):
    read = shaped(tmp_path, BOX)
    assert (read.format, read.task, read.classes, read.faults) == ("cvat", "detection", ("nut", "bolt"), ())
    (picture,) = read.pictures
    assert (picture.name, picture.split, picture.width, picture.height) == ("images/a.jpg", "all", 64, 48)
    assert [(one.row, one.box, one.shape) for one in picture.annotations] == [(0, (1.5, 2, 10, 20), "box")]


def test_a_turned_box_keeps_its_corners(tmp_path: Path):
    read = shaped(tmp_path, BOX.replace("occluded", 'rotation="90" occluded'))
    (one,) = read.pictures[0].annotations
    assert one.shape == "oriented"
    assert one.box == pytest.approx((-3.5, 7, 20, 10))
    assert one.polygon[0] == pytest.approx((16.5, 7, 16.5, 17, -3.5, 17, -3.5, 7))
    assert one.area == pytest.approx(200)


def test_polygons_and_ellipses(tmp_path: Path):
    shapes = '<polygon label="nut" points="1,1;11,1;11,21"/><ellipse label="bolt" cx="30" cy="20" rx="10" ry="5"/>'
    read = shaped(tmp_path, shapes)
    assert read.task == "segmentation"
    triangle, ellipse = read.pictures[0].annotations
    assert (triangle.polygon, triangle.area, triangle.box) == (((1, 1, 11, 1, 11, 21),), 100, (1, 1, 10, 20))
    assert ellipse.box == pytest.approx((20, 15, 20, 10))
    assert ellipse.area == pytest.approx(157.08, rel=0.01)


def test_runs_of_a_mask_go_along_rows_and_not_as_cocos_down_columns_trap_rle(tmp_path: Path):
    mask = '<mask label="nut" rle="{}" left="5" top="6" width="4" height="3"/>'
    read = shaped(tmp_path, mask.format("1, 2, 2, 3, 4"))
    assert [(one.box, one.area, one.shape) for one in read.pictures[0].annotations] == [((5, 6, 4, 3), 5, "mask")]
    for runs, what in (("1, 2", "rle covers 3 pixels, its box 4x3 holds 12"), ("x", "rle is no list of run lengths")):
        read = shaped(tmp_path, mask.format(runs))
        assert read.faults == (Fault("images/a.jpg annotations.xml image 5 mask 1", what),)


def test_lines_and_points_are_no_objects_and_told_of_once(tmp_path: Path):
    lines = '<polyline label="nut" points="1,1;2,2"/>' * 3 + '<points label="tip" points="1,1"/>'
    read = shaped(tmp_path, lines + BOX)
    assert len(read.pictures[0].annotations) == 1
    assert [fault.what for fault in read.faults] == [
        "1 points are no objects; left out",
        "3 lines are no objects; left out",
    ]


def test_a_bad_shape_costs_itself_and_names_the_image(tmp_path: Path):
    bad = [
        '<box label="nut" xtl="wide" ytl="2" xbr="3" ybr="4"/>',
        '<polygon label="nut" points="1,1;2,2"/>',
        '<box label="gear" xtl="1" ytl="2" xbr="3" ybr="4"/>',
    ]
    read = shaped(tmp_path, "".join(bad) + BOX)
    assert len(read.pictures[0].annotations) == 1
    where = "images/a.jpg annotations.xml image 5"
    assert read.faults == (
        Fault(f"{where} box 1", "'wide' is no number"),
        Fault(f"{where} box 3", "label 'gear' is not among the declared ones", "class-undefined"),
        Fault(f"{where} polygon 2", "a polygon needs 3 corners or more, not 2", "polygon-invalid"),
    )


def test_subsets_are_splits_and_names_keep_their_folders(tmp_path: Path):
    inside = image("a.jpg", BOX, 'subset="Train"') + image("day/b.jpg", "", 'subset="holdout"')
    inside += image("valid/c.jpg") + image("gone.jpg", "", 'subset="default"')
    folder = build(tmp_path, inside, "images/Train/a.jpg", "images/day/b.jpg", "images/valid/c.jpg", "images/d.jpg")
    read = open_dataset(folder)
    assert [(one.name, one.split, one.labelled, one.file.is_file()) for one in read.pictures] == [
        ("images/Train/a.jpg", "train", True, True),
        ("images/d.jpg", "unassigned", False, True),
        ("images/day/b.jpg", "holdout", True, True),
        ("images/gone.jpg", "all", True, False),
        ("images/valid/c.jpg", "val", True, True),
    ]


def test_images_beside_the_file_and_elsewhere(tmp_path: Path):
    folder = build(tmp_path / "set", image("a.jpg", BOX), "a.jpg", "../far/a.jpg")
    assert [one.name for one in open_dataset(folder).pictures] == ["a.jpg"]
    read = open_dataset(folder / "annotations.xml", images=tmp_path / "far")
    assert [(one.name, one.file.is_file()) for one in read.pictures] == [("a.jpg", True)]


def test_tags_alone_are_classification(tmp_path: Path):
    inside = (
        image("a.jpg", '<tag label="nut"/>')
        + image("bb.jpg", '<tag label="bolt"/><tag label="nut"/>')
        + image("ccc.jpg")
    )
    read = open_dataset(build(tmp_path, inside, "a.jpg", "bb.jpg", "ccc.jpg"))
    assert (read.task, read.classes) == ("classification", ("nut", "bolt", "sunny"))
    assert [(one.label, one.labelled) for one in read.pictures] == [("nut", True), ("bolt", True), (None, False)]
    assert [fault.what for fault in read.faults] == ["2 tags; 'bolt' is read"]


TRACKS = """<track id="0" label="nut">
<box frame="0" outside="0" keyframe="1" xtl="1" ytl="2" xbr="3" ybr="4"/>
<box frame="1" outside="0" keyframe="0" xtl="2" ytl="2" xbr="4" ybr="4"/>
<box frame="2" outside="1" keyframe="1" xtl="2" ytl="2" xbr="4" ybr="4"/></track>
<track id="1" label="bolt"><polygon frame="1" outside="0" points="1,1;9,1;9,9"/><box frame="x" outside="0"/></track>"""


def test_tracks_are_objects_frame_by_frame_without_what_is_outside_or_deleted_trap_deleted_frames(tmp_path: Path):
    meta = META.format(
        "<original_size><width>64</width><height>48</height></original_size>"
        "<deleted_frames><frame>3</frame></deleted_frames>"
    )
    frames = [f"images/frame_{number:06d}.PNG" for number in range(5)]
    read = open_dataset(build(tmp_path, TRACKS, *frames, meta=meta))
    assert [(one.name, len(one.annotations), one.labelled) for one in read.pictures] == [
        (frames[0], 1, True),
        (frames[1], 2, True),
        (frames[2], 0, True),
        (frames[4], 0, True),
    ]
    assert read.pictures[0].annotations[0].id == "annotations.xml track 0 frame 0"
    assert {(one.width, one.height, one.tags["video"]) for one in read.pictures} == {(64, 48, "yard")}
    assert read.faults == (Fault("annotations.xml track 1", "box without a frame number"),)


def test_a_frame_without_its_image_is_listed(tmp_path: Path):
    read = open_dataset(build(tmp_path, TRACKS))
    assert [(one.name, one.file.is_file()) for one in read.pictures] == [
        (f"frame_{number:06d}.png", False) for number in range(3)
    ]


def test_an_entity_bomb_is_refused_in_one_line(tmp_path: Path):
    bomb = '<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;&a;">]><annotations><image id="1" name="&b;"/></annotations>'
    (tmp_path / "annotations.xml").write_text(bomb)
    with pytest.raises(Unreadable, match=r"annotations.xml: refused: EntitiesForbidden") as caught:
        open_dataset(tmp_path)
    assert "\n" not in str(caught.value)


def test_xml_that_ends_early_keeps_what_stands_before(tmp_path: Path):
    (tmp_path / "annotations.xml").write_text(f"<annotations>{image('a.jpg', BOX)}<image id='2'")
    (tmp_path / "a.jpg").write_bytes(b"image")
    read = open_dataset(tmp_path)
    assert (len(read.pictures), read.classes) == (1, ("nut",))
    assert "not usable XML: " in read.faults[0].what
    assert "only what stands before that is read" in read.faults[0].what
    (tmp_path / "annotations.xml").write_text("<annotations><image")
    with pytest.raises(Unreadable, match=r"annotations.xml: not usable XML: "):
        open_dataset(tmp_path)


@pytest.mark.parametrize("name", ["/etc/a.jpg", "../a.jpg", "", "x/../../a.jpg"])
def test_names_that_lead_out_are_told_of(tmp_path: Path, name: str):
    read = open_dataset(build(tmp_path, image(name) + image("ok.jpg"), "ok.jpg"))
    assert [one.name for one in read.pictures] == ["ok.jpg"]
    assert "is no path inside the dataset" in read.faults[0].what


def test_an_image_given_twice(tmp_path: Path):
    inside = image("a.jpg", "", 'subset="train"') + image("a.jpg", "", 'subset="test"').replace('id="5"', 'id="6"')
    read = open_dataset(build(tmp_path, inside, "a.jpg"))
    assert read.listed_twice == (("a.jpg", ("train", "test")),)


@pytest.mark.parametrize("name", [" lead.png", "trail.png ", "\u2028line.png"])
def test_a_name_is_read_with_its_blanks(tmp_path: Path, name: str):
    read = open_dataset(build(tmp_path, image(name, BOX), f"images/{name}"))
    assert [(one.name, one.file.is_file(), one.labelled) for one in read.pictures] == [(f"images/{name}", True, True)]
