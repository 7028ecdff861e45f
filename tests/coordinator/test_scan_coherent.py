"""Whatever a scan writes fits together by dataset-incoherent: real data, a part of it, copies in two splits."""

from pathlib import Path

import pytest

from parts_dataset import Parts, picture
from readiness.checks.dataset import dataset_incoherent
from readiness_coordinator import formats
from readiness_coordinator.scan.dataset import measured, scan
from readiness_coordinator.scan.running import Running

AT = "2026-11-23T12:00:00Z"


@pytest.mark.parametrize(
    "name",
    ["bccd_voc", "coco_mini_cc", "cones_cubes_yolo", "robot_home", "segmentation_samples", "trashnet_subset"],
)
def test_real_scans_fit_together(shared_data: Path, name: str) -> None:
    labelled = formats.open_dataset(shared_data / "datasets" / name)
    whole = scan(labelled, observed_at=AT, running=Running(workers=2))
    assert dataset_incoherent.judge(whole).kind == "clear", dataset_incoherent.judge(whole).because
    unseen = measured(labelled, {}, {}, observed_at=AT)
    assert dataset_incoherent.judge(unseen).kind == "clear", dataset_incoherent.judge(unseen).because


def test_crowds_flat_boxes_and_copies_fit_together(tmp_path: Path) -> None:
    parts = Parts(tmp_path / "parts", train=6, val=4, test=3)
    parts.add("test", "again.png", picture(0))
    for box in parts.boxes("train", 1):
        box["iscrowd"] = 1
    parts.boxes("train", 2)[0]["bbox"] = [5, 5, 0, 0]
    whole = scan(formats.open_dataset(parts.save()), observed_at=AT)
    assert whole.listings["images-shared-across-splits"].total == 1
    assert dataset_incoherent.judge(whole).kind == "clear", dataset_incoherent.judge(whole).because
