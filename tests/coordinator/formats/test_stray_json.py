"""A JSON file that is no label file, lying in a dataset of any format, changes neither its format nor what is read."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import cv2
import pytest

from parts_dataset import picture
from readiness import catalogue
from readiness.policy import Policy
from readiness_coordinator import reports
from readiness_coordinator.formats import Unreadable, open_dataset
from readiness_coordinator.scan import report as dataset_report
from readiness_coordinator.scan.dataset import scan

AT = "2026-11-23T12:00:00Z"
XML = (
    "<annotation><object><name>bolt</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>9</xmax><ymax>9</ymax>"
    "</bndbox></object></annotation>"
)


def pictures(root: Path, *names: str) -> None:
    for seed, name in enumerate(names):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(root / name), picture(seed))


def text(root: Path, name: str, said: str) -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(said)


def yolo(root: Path) -> None:
    pictures(root, "images/train/a.png")
    text(root, "labels/train/a.txt", "0 0.5 0.5 0.2 0.2\n")
    text(root, "data.yaml", "train: images/train\nnames: [bolt]\n")


def voc(root: Path) -> None:
    pictures(root, "JPEGImages/a.png")
    text(root, "Annotations/a.xml", XML)


def folder(root: Path) -> None:
    pictures(root, "train/bolt/a.png", "train/nut/b.png")


def masks(root: Path) -> None:
    pictures(root, "images/a.png")
    (root / "masks").mkdir()
    cv2.imwrite(str(root / "masks/a.png"), (picture(0)[:, :, 0] > 128).astype("uint8"))


@pytest.mark.parametrize("place", ["report.json", "annotations/report.json"])
@pytest.mark.parametrize("make", [yolo, voc, folder, masks])
def test_our_own_report_claims_no_folder(tmp_path: Path, make: Callable[[Path], None], place: str):
    make(tmp_path)
    before = open_dataset(tmp_path)
    made = dataset_report.build(
        scan(before, observed_at=AT), catalogue.load(), Policy(name="standard", title="Standard"), AT
    )
    (tmp_path / place).parent.mkdir(exist_ok=True)
    reports.write_json(made, str(tmp_path / place))
    assert open_dataset(tmp_path) == before


def test_the_next_format_that_fits_is_tried_and_the_first_is_told_of(tmp_path: Path):
    yolo(tmp_path)
    before = open_dataset(tmp_path)
    text(tmp_path, "annotations/train.json", '{"images": [')
    read = open_dataset(tmp_path)
    assert (read.format, read.pictures) == ("yolo", before.pictures)
    (fault,) = read.faults
    assert fault.where == "annotations/train.json"
    assert fault.what.startswith("not valid JSON")
    assert fault.what.endswith("read as yolo instead")


def test_another_task_leads_to_the_format_that_holds_it(tmp_path: Path):
    voc(tmp_path)
    masks(tmp_path)
    shutil.move(tmp_path / "masks", tmp_path / "SegmentationClass")
    read = open_dataset(tmp_path, task="segmentation")
    assert (open_dataset(tmp_path).format, read.format, read.faults) == ("voc", "masks", ())


def test_the_first_message_stands_when_none_reads_it(tmp_path: Path):
    text(tmp_path, "annotations/train.json", '{"images": [')
    text(tmp_path, "data.yaml", "train: nowhere\nnames: [bolt]\n")
    with pytest.raises(Unreadable, match="not valid JSON"):
        open_dataset(tmp_path)


def test_a_broken_label_file_does_not_make_classes_of_split_folders(tmp_path: Path):
    pictures(tmp_path, "train/a.png", "val/b.png")
    text(tmp_path, "annotations/train.json", json.dumps({"images": [], "annotations": [], "categories": []})[:-1])
    with pytest.raises(Unreadable, match="not valid JSON"):
        open_dataset(tmp_path)
