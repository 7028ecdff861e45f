"""Scans of real datasets end with the problems that were measured on them by other means."""

from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from readiness import catalogue
from readiness.evidence.dataset import Dataset
from readiness.finding import Finding
from readiness_coordinator import formats, profiles
from readiness_coordinator.scan import report as dataset_report
from readiness_coordinator.scan.dataset import scan
from readiness_coordinator.scan.running import Running

AT = "2026-11-23T12:00:00Z"


def measured(folder: Path) -> tuple[Dataset, dict[str, Any], dict[str, list[Finding]]]:
    dataset = scan(formats.open_dataset(folder), observed_at=AT, running=Running(workers=2))
    report = dataset_report.build(dataset, catalogue.load(), profiles.load_policy(), AT)
    found: dict[str, list[Finding]] = {}
    for finding in report["findings"]:
        found.setdefault(finding.code, []).append(finding)
    return dataset, report, found


def stems(images: tuple[str, ...]) -> list[str]:
    return [Path(image).stem.removeprefix("BloodImage_") for image in images]


def test_bccd(shared_data: Path):
    dataset, report, found = measured(shared_data / "datasets/bccd_voc")
    assert (dataset.format, dataset.images, dataset.annotations) == ("voc", 364, 4888)
    assert {one.name: one.images for one in dataset.splits} == {"train": 205, "val": 87, "test": 72}
    assert {one.name: sum(one.objects.values()) for one in dataset.classes} == {
        "RBC": 4155,
        "WBC": 372,
        "Platelets": 361,
    }
    (empty,) = found["box-degenerate"]
    assert stems(empty.images) == ["00338", "00343"]
    assert "RBC at 504,337 (0x0)" in empty.because
    assert "RBC at 181,329 (0x0)" in empty.because
    (doubled,) = found["box-duplicate"]
    assert stems(doubled.images) == ["00013", "00020", "00100", "00104", "00251", "00284", "00331", "00403"]
    assert doubled.measured == 8
    (thin,) = found["labels-few-beside-peers"]
    one_box = {"00152", "00250", "00268", "00303", "00330", "00350"}
    at_most_three = one_box | {"00134", "00147", "00150", "00224", "00249", "00258", "00327"}
    # Not one of their red cells is labelled, though the white one and the platelets are; seen by eye.
    red_cells_left_out = {"00267", "00322"}
    assert set(stems(thin.images)) == at_most_three | red_cells_left_out
    # A platelet that is labelled as a white cell, and two white cells as platelets; seen by eye.
    (stray,) = found["box-size-outlier"]
    assert stems(stray.images) == ["00113", "00133", "00135"]
    assert "WBC at 257,430 (31x27): area 1/42 of its class's usual" in stray.because
    # The first pair is one field of view at another focus; of the others each shows much of the other's cells, moved
    # under the microscope, which went the same way back (their numbers add up to 487 and 777). Each pair was looked at:
    # the same cells, shifted.
    groups = {tuple(sorted(stems(item.images))) for item in dataset.listed("images-shared-across-splits").items}
    assert groups >= {
        ("00037", "00038"),
        ("00227", "00260"),
        ("00229", "00258"),
        ("00233", "00254"),
        ("00386", "00391"),
    }
    sums = {75, 359, 481, 485, 486, 487, 489, 491, 497, 777}
    for group in groups:
        pairs = [int(one) + int(two) in sums for one, two in combinations(group, 2)]
        assert sum(pairs) >= len(group) - 1, group
    assert "labels-conflict" not in found
    assert set(found) == {
        "box-degenerate",
        "box-duplicate",
        "box-size-outlier",
        "labels-few-beside-peers",
        "images-nearly-duplicated",
        "images-shared-across-splits",
    }
    assert report["state"] == "blocked"


def recording_of_name(name: str) -> str:
    return Path(name).name.split("_mp4-")[0]


def test_cones_and_cubes(shared_data: Path):
    dataset, _, found = measured(shared_data / "datasets/cones_cubes_yolo")
    assert {one.name: one.images for one in dataset.splits} == {"train": 325, "val": 34, "test": 12}
    assert {one.name: one.objects for one in dataset.classes} == {
        "cone": {"train": 487, "val": 53, "test": 11},
        "cube": {"train": 275, "val": 30, "test": 9},
    }
    (paths,) = found["split-path-broken"]
    assert paths.measured == 3
    assert "'../train/images' does not exist; read train/images instead" in paths.because
    videos = {finding.subject.name: finding.measured for finding in found["recording-shared-across-splits"]}
    assert videos == {"test + train + val": 5, "train + val": 1}
    assert (
        "WIN_20230117_17_25_23_Pro_mp4: 1 in test, 42 in train, 5 in val"
        in found["recording-shared-across-splits"][0].because
    )
    assert {finding.subject.name for finding in found["images-shared-across-splits"]} == {"test + train", "train + val"}
    for item in dataset.listed("images-shared-across-splits").items:
        assert len({recording_of_name(name) for name in item.images}) == 1
    assert "source-shared-across-splits" not in found
    assert {finding.subject.name: finding.measured for finding in found["class-rare"]} == {"cone": 11, "cube": 9}


def test_coco(shared_data: Path):
    dataset, report, found = measured(shared_data / "datasets/coco_mini_cc")
    assert {one.name: (one.images, one.annotations) for one in dataset.splits} == {"train": (26, 333), "val": (25, 213)}
    assert dataset.crowds == 7
    (small,) = found["objects-small"]
    assert small.because == "smaller than 32x32 pixels: 274 of 546 objects (50%)"
    (grey,) = found["image-grey-among-colour"]
    assert grey.images == ("val2017/000000205401.jpg",)
    assert "51 images, 100 wanted" in report["caveats"]
    assert "images-shared-across-splits" not in found
    assert not {"box-degenerate", "annotation-unusable", "image-unreadable"} & set(found)


def test_trashnet(shared_data: Path):
    dataset, report, found = measured(shared_data / "datasets/trashnet_subset")
    assert (dataset.task, dataset.images) == ("classification", 168)
    assert {one.name: one.objects["all"] for one in dataset.classes} == {
        "cardboard": 26,
        "glass": 35,
        "metal": 27,
        "paper": 38,
        "plastic": 33,
        "trash": 9,
    }
    (conflict,) = found["labels-conflict"]
    assert dataset.listed("labels-conflict") is not None
    assert [tuple(stems(item.images)) for item in dataset.listed("labels-conflict").items] == [
        ("glass115", "metal91"),
        ("glass176", "plastic152"),
        ("glass389", "plastic332"),
    ]
    assert conflict.measured == 3
    assert [finding.severity.value for finding in found["evaluation-split-missing"]] == ["block"]
    assert report["state"] == "blocked"


@pytest.mark.parametrize("name", ["bccd_voc", "cones_cubes_yolo", "coco_mini_cc", "trashnet_subset"])
def test_both_ways_to_the_digest_agree(shared_data: Path, name: str):
    labelled = formats.open_dataset(shared_data / "datasets" / name)
    assert scan(labelled, observed_at=AT).digest == formats.digest(labelled)
