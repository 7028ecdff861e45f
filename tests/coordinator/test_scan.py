"""A scan of a built dataset: nothing on a clean one, each seeded fault where it was put, the same on every run."""

import os
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from parts_dataset import Parts, picture
from readiness import canonical, catalogue
from readiness.evidence.dataset import Dataset, Listing
from readiness.policy import Policy
from readiness_coordinator import formats
from readiness_coordinator.scan import report as dataset_report
from readiness_coordinator.scan.dataset import scan
from readiness_coordinator.scan.running import Running

AT = "2026-11-23T12:00:00Z"
POLICY = Policy(name="standard", title="Standard")


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    return Parts(tmp_path / "parts", train=80, val=10, test=30)


def scanned(root: Path, **more: Any) -> Dataset:
    return scan(formats.open_dataset(root), observed_at=AT, **more)


def codes(dataset: Dataset) -> list[str]:
    report = dataset_report.build(dataset, catalogue.load(), POLICY, AT)
    return sorted({finding.code for finding in report["findings"]})


def test_a_clean_dataset_has_no_finding_and_the_right_counts(parts: Parts):
    dataset = scanned(parts.root)
    assert codes(dataset) == []
    assert {code for code, one in dataset.listings.items() if one.total} == set()
    assert (dataset.images, dataset.annotations, dataset.crowds) == (120, 480, 0)
    assert [(one.name, one.images, one.labelled, one.annotations) for one in dataset.splits] == [
        ("test", 30, 30, 120),
        ("train", 80, 80, 320),
        ("val", 10, 10, 40),
    ]
    assert [(one.name, one.objects, one.images) for one in dataset.classes] == [
        (name, {"test": 60, "train": 160, "val": 20}, {"test": 30, "train": 80, "val": 10}) for name in ("bolt", "nut")
    ]
    assert ("size", "medium", 120, 480) in [(s.dimension, s.value, s.images, s.objects) for s in dataset.slices]
    sizes = {one.name: one.quantiles for one in dataset.statistics}
    assert (sizes["width"], sizes["height"]) == ((160.0,) * 5, (120.0,) * 5)


def test_scans_are_equal_byte_for_byte_over_runs_and_workers(parts: Parts):
    parts.boxes("train", 1)[0]["bbox"][2] = 0
    (parts.save() / "train" / "train003.png").write_bytes(b"broken")
    done: list[tuple[int, int, int]] = []
    two = Running(workers=2, progress=lambda *at: done.append(at))
    first = canonical.encode(scanned(parts.root))
    assert canonical.encode(scanned(parts.root)) == first
    assert canonical.encode(scanned(parts.root, running=two)) == first
    assert (done[0], done[-1], done) == ((0, 120, 0), (120, 120, 0), sorted(done))


def test_damaged_and_missing_files_cost_only_themselves(parts: Parts):
    whole = (parts.root / "train/train001.png").read_bytes()
    (parts.root / "train/train001.png").write_bytes(whole[: len(whole) // 3])
    (parts.root / "train/train002.png").write_bytes(b"")
    (parts.root / "test/test000.png").unlink()
    dataset = scanned(parts.root)
    assert dataset.listed("image-unreadable") is not None
    assert {item.images[0]: item.detail for item in dataset.listed("image-unreadable").items} == {
        "test/test000.png": "cannot be read: No such file or directory",
        "train/train002.png": "the file is empty",
    }
    assert dataset.listed("image-truncated").images() == ("train/train001.png",)
    assert codes(dataset) == ["image-truncated", "image-unreadable"]
    assert dataset.images == 120


def test_without_a_single_readable_image_nothing_about_images_reads_as_well(parts: Parts):
    for file in parts.root.glob("*/*.png"):
        file.write_bytes(b"no image")
    dataset = scanned(parts.root)
    assert (
        dataset.listed("images-shared-across-splits"),
        dataset.listed("image-grey-among-colour"),
        dataset.listed("labels-conflict"),
    ) == (None, None, None)
    report = dataset_report.build(dataset, catalogue.load(), POLICY, AT)
    assert report["state"] == "blocked"
    answers = {finding.code: finding.unknown for finding in report["findings"]}
    assert answers["image-unreadable"] is None
    assert {code: answers[code] for code in ("images-shared-across-splits", "labels-conflict", "image-blurry")} == {
        "images-shared-across-splits": "missing",
        "labels-conflict": "missing",
        "image-blurry": "missing",
    }


def test_geometry_faults_are_found_where_they_were_put(parts: Parts):
    boxes = parts.boxes("train", 5)
    boxes[0]["bbox"] = [10, 10, 0, 20]
    boxes[1]["bbox"] = [100, 100, 62, 10]
    boxes[2]["bbox"] = [40, 40, 36, 36]
    parts.said["train"]["annotations"].append({**boxes[2], "id": 999, "bbox": [41, 41, 36, 36]})
    edge = parts.boxes("test", 1)
    edge[0]["bbox"] = [124.5, 80.5, 36, 40]
    for one in parts.said["train"]["annotations"]:
        one["area"] = one["bbox"][2] * one["bbox"][3]
    dataset = scanned(parts.save())
    for listing, detail in (
        (dataset.listed("box-degenerate"), "bolt at 10,10 (0x20)"),
        (dataset.listed("box-out-of-bounds"), "nut at 100,100 (62x10) in 160x120"),
        (dataset.listed("box-duplicate"), "bolt at 40,40 (36x36) and 41,41 (36x36), IoU 0.90"),
    ):
        assert listing is not None
        assert [(item.images, item.detail) for item in listing.items] == [(("train/train004.png",), detail)]
    assert codes(dataset) == ["box-degenerate", "box-duplicate", "box-out-of-bounds"]


def test_crowds_are_no_doubles_and_a_class_of_crowds_blocks(parts: Parts):
    for split in parts.said:
        for one in parts.said[split]["annotations"]:
            one["iscrowd"] = int(one["category_id"] == 2)
    boxes = parts.boxes("train", 1)
    boxes[3]["bbox"] = boxes[1]["bbox"]
    dataset = scanned(parts.save())
    assert dataset.crowds == 240
    assert dataset.listed("box-duplicate") == Listing(total=0)
    assert codes(dataset) == ["class-rare", "crowd-all"]


def test_small_objects_are_counted_by_their_labelled_area(parts: Parts):
    for one in parts.said["train"]["annotations"][:200]:
        one["area"] = 32 * 32 - 1
    for one in parts.said["test"]["annotations"]:
        one["area"] = 32 * 32
    dataset = scanned(parts.save())
    assert dataset.listed("objects-small") is not None
    assert (dataset.listed("objects-small").total, dataset.listed("objects-small").images_total) == (200, 50)
    assert codes(dataset) == ["object-sizes-drift-between-splits", "objects-small"]


def test_pictures_on_both_sides_are_found_in_every_guise(parts: Parts):
    guises = {
        "same.png": picture(3),
        "turned.png": np.rot90(picture(4), 2),
        "mirrored.jpg": picture(5)[:, ::-1],
        "darker.jpg": cv2.convertScaleAbs(picture(6), alpha=0.7),
    }
    for name, pixels in guises.items():
        parts.add("test", name, pixels)
    dataset = scanned(parts.save())
    assert dataset.listed("images-shared-across-splits") is not None
    assert sorted((item.images, item.detail) for item in dataset.listed("images-shared-across-splits").items) == [
        (("test/darker.jpg", "train/train006.png"), "nearly equal pictures"),
        (("test/mirrored.jpg", "train/train005.png"), "nearly equal pictures"),
        (("test/same.png", "train/train003.png"), "equal pixels"),
        (("test/turned.png", "train/train004.png"), "nearly equal pictures"),
    ]
    assert codes(dataset) == ["images-shared-across-splits"]


def test_copies_within_a_split_are_listed_and_leak_nothing(parts: Parts):
    parts.add("train", "again.png", picture(3))
    dataset = scanned(parts.save())
    assert dataset.listed("images-duplicated") is not None
    assert [item.images for item in dataset.listed("images-duplicated").items] == [
        ("train/again.png", "train/train003.png")
    ]
    assert dataset.listed("images-shared-across-splits") == Listing(total=0)
    assert codes(dataset) == ["images-duplicated"]


def test_sources_and_recordings_across_splits(parts: Parts):
    for seed, (split, name) in enumerate(
        [
            ("train", "a_jpg.rf.0a1b.png"),
            ("test", "a_jpg.rf.9f8e.png"),
            ("train", "clip_mp4-13_jpg.png"),
            ("test", "clip_mp4-77_jpg.png"),
        ]
    ):
        parts.add(split, name, picture(500 + seed))
    parts.add("train", "x.png", picture(600), recording="belt 7")
    parts.add("test", "y.png", picture(601), recording="belt 7")
    dataset = scanned(parts.save())
    assert dataset.listed("source-shared-across-splits") is not None
    assert dataset.listed("recording-shared-across-splits") is not None
    assert [item.detail for item in dataset.listed("source-shared-across-splits").items] == [
        "a_jpg: 1 in test, 1 in train"
    ]
    assert sorted(item.detail for item in dataset.listed("recording-shared-across-splits").items) == [
        "belt 7: 1 in test, 1 in train",
        "clip_mp4: 1 in test, 1 in train",
    ]
    assert codes(dataset) == ["recording-shared-across-splits", "source-shared-across-splits"]


def test_thin_labels_grey_strays_and_unlisted_images(parts: Parts):
    for said in parts.said.values():
        base = said["annotations"]
        more = [{**one, "id": 1000 + i, "bbox": [8 * i % 120, 70, 7, 7]} for i, one in enumerate(base * 3)]
        said["annotations"] = base + more
    train = parts.said["train"]
    train["annotations"] = [one for one in train["annotations"] if one["image_id"] != 8 or one["id"] == 29]
    grey = cv2.cvtColor(cv2.cvtColor(picture(700), cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    parts.add("test", "grey.png", grey)
    cv2.imwrite(str(parts.root / "train" / "forgotten.png"), picture(701))
    dataset = scanned(parts.save())
    assert dataset.listed("labels-few-beside-peers") is not None
    assert [(item.images, item.detail) for item in dataset.listed("labels-few-beside-peers").items] == [
        (("train/train007.png",), "1 labelled, usual are 16")
    ]
    assert dataset.listed("image-grey-among-colour") is not None
    assert dataset.listed("image-grey-among-colour").images() == ("test/grey.png",)
    assert dataset.listed("image-unlabelled") is not None
    assert dataset.listed("image-unlabelled").images() == ("train/forgotten.png",)


def test_a_grey_dataset_has_no_grey_strays(parts: Parts):
    for file in parts.root.glob("*/*.png"):
        cv2.imwrite(str(file), cv2.imread(str(file), cv2.IMREAD_GRAYSCALE))
    dataset = scanned(parts.root)
    assert dataset.listed("image-grey-among-colour") == Listing(total=0)


def test_a_dataset_without_a_test_split_blocks(tmp_path: Path):
    assert codes(scanned(Parts(tmp_path / "parts", train=120).root)) == ["evaluation-split-missing"]


def test_the_digest_follows_content_and_nothing_else(parts: Parts):
    first = scanned(parts.root).digest
    assert formats.digest(formats.open_dataset(parts.root)) == first
    assert formats.digest(formats.open_dataset(parts.root, task="segmentation")) == first
    os.utime(parts.root / "train/train000.png")
    parts.said["train"]["annotations"].reverse()
    assert scanned(parts.save()).digest == first
    parts.said["train"]["annotations"][0]["bbox"][0] += 1
    moved = scanned(parts.save()).digest
    cv2.imwrite(str(parts.root / "train/train000.png"), picture(900))
    assert len({first, moved, scanned(parts.root).digest}) == 3


def test_conflicting_labels_of_equal_pictures(tmp_path: Path):
    for index, name in enumerate(["nut/1.png", "nut/2.png", "bolt/3.png", "bolt/4.png"]):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        cv2.imwrite(str(tmp_path / name), picture(index))
    cv2.imwrite(str(tmp_path / "bolt/again.bmp"), picture(0))
    dataset = scanned(tmp_path)
    assert dataset.listed("labels-conflict") is not None
    (item,) = dataset.listed("labels-conflict").items
    assert (item.images, item.classes) == (("bolt/again.bmp", "nut/1.png"), ("bolt", "nut"))
    assert dataset.listed("box-degenerate") is None
    assert (dataset.task, dataset.annotations) == ("classification", 5)
