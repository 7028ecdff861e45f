"""One dataset in COCO, YOLO and VOC: the same names, splits, classes, boxes and version, and the same findings."""

import json
import shutil
from pathlib import Path

import pytest

from parts_dataset import CLASSES, HEIGHT, WIDTH, Parts
from readiness import canonical, catalogue
from readiness_coordinator import profiles
from readiness_coordinator.formats import Labelled, open_dataset
from readiness_coordinator.scan import report
from readiness_coordinator.scan.dataset import scan

AT = "2026-11-23T12:00:00Z"
Boxes = dict[str, list[tuple[int, list[int]]]]


@pytest.fixture
def three(tmp_path: Path) -> dict[str, Path]:
    """The built set with a few faults, its pictures in images/, in each of the formats."""
    parts = Parts(tmp_path / "parts", train=12, val=6, test=6)
    train = parts.boxes("train", 1)
    train[0]["bbox"] = [150, 100, 40, 30]
    train[1]["bbox"] = [20, 30, 0, 12]
    train[3] |= {"bbox": list(train[2]["bbox"]), "category_id": train[2]["category_id"]}
    parts.said["val"]["annotations"] = [one for one in parts.said["val"]["annotations"] if one["image_id"] != 2]
    shutil.copy(parts.root / "train/train003.png", parts.root / "test/test001.png")
    splits = {
        split: {
            image["file_name"]: [(one["category_id"] - 1, one["bbox"]) for one in parts.boxes(split, image["id"])]
            for image in said["images"]
        }
        for split, said in parts.said.items()
    }
    roots = {name: tmp_path / name / "parts" for name in ("coco", "yolo", "voc")}
    for root in roots.values():
        (root / "images").mkdir(parents=True)
        for split in splits:
            shutil.copytree(parts.root / split, root / "images", dirs_exist_ok=True)
    for split, boxes in splits.items():
        to_coco(roots["coco"], split, boxes)
        to_yolo(roots["yolo"], split, boxes)
        to_voc(roots["voc"], split, boxes)
    lines = "".join(f"{split}: {split}.txt\n" for split in splits)
    (roots["yolo"] / "data.yaml").write_text(f"{lines}names: {json.dumps(CLASSES)}\n")
    return roots


def to_coco(root: Path, split: str, boxes: Boxes) -> None:
    images = [{"id": number, "file_name": name, "width": WIDTH, "height": HEIGHT} for number, name in enumerate(boxes)]
    objects = [
        {"image_id": number, "category_id": row, "bbox": box, "area": box[2] * box[3], "iscrowd": 0}
        for number, name in enumerate(boxes)
        for row, box in boxes[name]
    ]
    for number, one in enumerate(objects):
        one["id"] = number
    categories = [{"id": row, "name": name} for row, name in enumerate(CLASSES)]
    (root / "annotations").mkdir(exist_ok=True)
    said = {"images": images, "annotations": objects, "categories": categories}
    (root / "annotations" / f"{split}.json").write_text(json.dumps(said))


def to_yolo(root: Path, split: str, boxes: Boxes) -> None:
    (root / "labels").mkdir(exist_ok=True)
    (root / f"{split}.txt").write_text("".join(f"./images/{name}\n" for name in boxes))
    for name, objects in boxes.items():
        rows = [
            f"{row} {(x + w / 2) / WIDTH!r} {(y + h / 2) / HEIGHT!r} {w / WIDTH!r} {h / HEIGHT!r}\n"
            for row, (x, y, w, h) in objects
        ]
        (root / "labels" / name).with_suffix(".txt").write_text("".join(rows))


def to_voc(root: Path, split: str, boxes: Boxes) -> None:
    for folder in ("Annotations", "ImageSets/Main"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    (root / f"ImageSets/Main/{split}.txt").write_text("".join(f"{Path(name).stem}\n" for name in boxes))
    for name, objects in boxes.items():
        inside = "".join(
            f"<object><name>{CLASSES[row]}</name><bndbox><xmin>{x}</xmin><ymin>{y}</ymin><xmax>{x + w}</xmax>"
            f"<ymax>{y + h}</ymax></bndbox></object>"
            for row, (x, y, w, h) in objects
        )
        size = f"<size><width>{WIDTH}</width><height>{HEIGHT}</height><depth>3</depth></size>"
        xml = f"<annotation><filename>{name}</filename>{size}{inside}</annotation>"
        (root / "Annotations" / name).with_suffix(".xml").write_text(xml)


def boxes(read: Labelled) -> list[tuple[str, str, bool, list[tuple[str, tuple[float, ...] | None]]]]:
    return [
        (one.name, one.split, one.labelled, [(read.classes[each.row], each.box) for each in one.annotations])
        for one in read.pictures
    ]


def test_the_three_say_the_same(three: dict[str, Path]):
    coco, yolo, voc = (open_dataset(three[name], format=name) for name in ("coco", "yolo", "voc"))
    assert [open_dataset(root).format for root in three.values()] == ["coco", "yolo", "voc"]
    assert coco.classes == yolo.classes == voc.classes == CLASSES
    assert boxes(coco) == boxes(yolo) == boxes(voc)
    assert coco.faults == yolo.faults == voc.faults == ()
    assert coco.broken_paths == yolo.broken_paths == voc.broken_paths == ()


def test_findings_and_version_are_equal_byte_for_byte(three: dict[str, Path]):
    policy, checks = profiles.load_policy(profiles.DEFAULT_POLICY), catalogue.load()
    scans = [scan(open_dataset(root), observed_at=AT) for root in three.values()]
    found = [canonical.encode(report.build(one, checks, policy, AT, every=True)["findings"]) for one in scans]
    assert found[0] == found[1] == found[2]
    assert len({one.digest for one in scans}) == 1
    reasons = {finding["code"] for finding in json.loads(found[0]) if finding["outcome"] == "found"}
    assert reasons >= {"box-out-of-bounds", "box-degenerate", "box-duplicate", "images-shared-across-splits"}
