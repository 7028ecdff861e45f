"""The fix list: every place of every finding as a row, the affected images as COCO that our own reader takes."""

import csv
import json
import tracemalloc
from pathlib import Path
from typing import Any

import msgspec
import pytest

import specimens
from parts_dataset import Parts, picture
from readiness import catalogue
from readiness.evidence.dataset import Item, Listing
from readiness.finding import Finding, Severity
from readiness.policy import Policy
from readiness_coordinator import formats
from readiness_coordinator.formats import Annotation, Labelled, Picture
from readiness_coordinator.scan import fix_list
from readiness_coordinator.scan import report as dataset_report
from readiness_coordinator.scan.dataset import scan

AT = "2026-11-23T12:00:00Z"


@pytest.fixture
def faulty(tmp_path: Path) -> Parts:
    parts = Parts(tmp_path / "parts", train=60, test=30)
    parts.boxes("train", 3)[0]["bbox"] = [10, 10, 0, 20]
    parts.boxes("train", 7)[1]["bbox"] = [150, 100, 62, 10]
    parts.boxes("train", 3)[2]["bbox"] = [-40, 10, 60, 20]
    (parts.save() / "test" / "test004.png").write_bytes(b"")
    return parts


def written(parts: Parts, stem: Path) -> tuple[list[dict[str, str]], dict[str, Any], Path]:
    labelled = formats.open_dataset(parts.root)
    dataset = scan(labelled, observed_at=AT)
    report = dataset_report.build(dataset, catalogue.load(), Policy(name="standard", title="Standard"), AT)
    table, coco = fix_list.write(stem, labelled, dataset, report["findings"])
    with table.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file)), json.loads(coco.read_text()), coco


def test_each_place_is_a_row_with_its_image(faulty: Parts, tmp_path: Path):
    rows, _, _ = written(faulty, tmp_path / "fixes")
    places = {(row["code"], row["image"], row["split"], row["classes"]) for row in rows}
    assert ("box-degenerate", "train/train002.png", "train", "bolt") in places
    assert ("box-out-of-bounds", "train/train006.png", "train", "nut") in places
    assert ("box-out-of-bounds", "train/train002.png", "train", "bolt") in places
    assert ("image-unreadable", "test/test004.png", "test", "") in places
    assert all(row["what_to_do"] and row["detail"] for row in rows)


def test_copies_stand_under_their_own_splits_and_number(tmp_path: Path):
    parts = Parts(tmp_path / "parts", train=80, val=10, test=30)
    parts.add("test", "again.png", picture(4))
    parts.add("val", "again.png", picture(5))
    parts.save()
    rows, _, _ = written(parts, tmp_path / "fixes")
    shared = [row for row in rows if row["code"] == "images-shared-across-splits"]
    assert {(row["subject"], row["place"], row["image"]) for row in shared} == {
        ("test + train", "1", "test/again.png"),
        ("test + train", "1", "train/train004.png"),
        ("train + val", "2", "train/train005.png"),
        ("train + val", "2", "val/again.png"),
    }


def test_the_affected_images_are_coco_with_all_their_labels(faulty: Parts, tmp_path: Path):
    _, coco, path = written(faulty, tmp_path / "fixes")
    images = {image["file_name"]: image for image in coco["images"]}
    assert {"train/train002.png", "train/train006.png", "test/test004.png"} <= set(images)
    assert "box-out-of-bounds" in images["train/train002.png"]["codes"]
    mine = [one for one in coco["annotations"] if one["image_id"] == images["train/train002.png"]["id"]]
    assert [one["bbox"] for one in mine][:3] == [
        [10.0, 10.0, 0.0, 20.0],
        [43.0, 11.0, 36.0, 40.0],
        [-40.0, 10.0, 60.0, 20.0],
    ]
    again = formats.open_dataset(path, images=faulty.root)
    assert {picture.name for picture in again.pictures} == set(images)
    assert again.classes == ("bolt", "nut")


def test_names_that_need_quoting_survive(faulty: Parts, tmp_path: Path):
    odd = 'a, "b"\n.png'
    faulty.add("train", odd, picture(900))
    (faulty.save() / "train" / odd).write_bytes(b"")
    rows, _, _ = written(faulty, tmp_path / "fixes")
    assert 'train/a, "b"\\n.png' in {row["image"] for row in rows}


def test_no_cell_begins_like_a_formula(tmp_path: Path):
    parts = Parts(tmp_path / "parts", train=60, test=30)
    parts.boxes("train", 3)[0]["bbox"] = [10, 10, 0, 20]
    for file in (parts.save() / "annotations").iterdir():
        file.write_text(file.read_text().replace('"bolt"', '"=HYPERLINK(1)"'))
    rows, _, _ = written(parts, tmp_path / "fixes")
    assert "'=HYPERLINK(1)" in {row["classes"] for row in rows}
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@"))]


def test_the_pieces_are_the_very_bytes_of_one_indented_json(faulty: Parts):
    labelled = formats.open_dataset(faulty.save())
    dataset = scan(labelled, observed_at=AT)
    report = dataset_report.build(dataset, catalogue.load(), Policy(name="standard", title="Standard"), AT)
    for findings in ([one for one in report["findings"] if one.outcome == "found"], []):
        made = b"".join(fix_list.coco_of(labelled, dataset, findings))
        assert made == msgspec.json.format(made, indent=1) + b"\n"
        assert list(json.loads(made)) == ["info", "categories", "images", "annotations"]


def test_its_memory_does_not_grow_with_the_labels(tmp_path: Path):
    one = Annotation(id="1", row=0, box=(1.0, 2.0, 3.0, 4.0), polygon=((1.0, 2.0, 3.0, 4.0, 5.0, 6.0),))
    shot = Picture(name="a.png", file=tmp_path / "a.png", split="all", key=1, annotations=(one,) * 50_000)
    labelled = Labelled(
        name="parts",
        root=tmp_path,
        format="coco",
        task="detection",
        classes=("bolt",),
        category_ids=(1,),
        pictures=(shot,),
    )
    dataset = specimens.dataset(listings={"box-degenerate": Listing(total=1, items=(Item(images=("a.png",)),))})
    finding = Finding(
        code="box-degenerate", severity=Severity.WARN, outcome="found", title="Flat", because="flat", why="", fix=""
    )
    tracemalloc.start()
    size = sum(map(len, fix_list.coco_of(labelled, dataset, [finding])))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size > 10_000_000
    assert peak < 1_000_000
