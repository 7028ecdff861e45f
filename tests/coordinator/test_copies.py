"""The search for copies: every guise joined, others not, whatever the order; and what it says it did not compare."""

import contextlib
import random
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import cv2
import msgspec
import numpy as np
import pytest

from parts_dataset import Parts, picture
from readiness.evidence.dataset import Dataset
from readiness_coordinator import formats
from readiness_coordinator.formats.labelled import Labelled
from readiness_coordinator.scan import copies
from readiness_coordinator.scan.copies import Copies
from readiness_coordinator.scan.dataset import scan
from readiness_coordinator.scan.engines import Engine, Processes
from readiness_coordinator.scan.view import look_at

AT = "2026-11-23T12:00:00Z"


def large(seed: int):
    """A picture with corners enough for local features."""
    out = cv2.resize(picture(seed), (480, 360), interpolation=cv2.INTER_CUBIC)
    rng = np.random.default_rng(seed)
    for _ in range(60):
        x, y, side = int(rng.integers(460)), int(rng.integers(340)), int(rng.integers(8, 60))
        cv2.rectangle(out, (x, y), (x + side, y + side // 2), rng.integers(0, 256, 3).tolist(), -1)
    return cv2.GaussianBlur(out, (0, 0), 1.0)


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    parts = Parts(tmp_path / "parts", train=0, test=0)
    for seed in range(12):
        parts.add("train", f"t{seed:02d}.png", large(seed))
    parts.add("test", "crop.png", large(3)[50:310, 60:420])
    parts.add("test", "mirrored-crop.png", large(4)[40:330, 60:440][:, ::-1])
    turn = cv2.getRotationMatrix2D((240, 180), 10, 1)
    parts.add("test", "tilted.png", cv2.warpAffine(large(5), turn, (480, 360)))
    parts.add("test", "turned.png", np.rot90(large(6)))
    parts.add("test", "other.png", large(77))
    parts.save()
    return parts


class Dying(Engine):
    """Every piece of work ends its worker."""

    def submit(self, work: Callable[..., Any], *words: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_exception(self.died())
        return future


def searched(labelled: Labelled, engine: Engine | None = None) -> Copies:
    looked = {one.name: look_at(str(one.file)) for one in labelled.pictures}
    views = {name: one.view for name, one in looked.items()}
    return copies.search(labelled, views, {str(one.view.digest): one.print for one in looked.values()}, engine)


def shared(dataset: Dataset) -> list[tuple[tuple[str, ...], str]]:
    listing = dataset.listed("images-shared-across-splits")
    return sorted((item.images, item.detail) for item in listing.items)


def test_parts_tilts_and_mirrored_crops_are_joined(parts: Parts):
    found = searched(formats.open_dataset(parts.root))
    cut = "the same scene, cut, turned or tilted"
    assert shared(scan(formats.open_dataset(parts.root), observed_at=AT)) == [
        (("test/crop.png", "train/t03.png"), cut),
        (("test/mirrored-crop.png", "train/t04.png"), cut),
        (("test/tilted.png", "train/t05.png"), cut),
        (("test/turned.png", "train/t06.png"), "nearly equal pictures"),
    ]
    assert [(one.copies[0].orientation, one.copies[0].part) for one in found.groups] == [
        (0, True),
        (1, True),
        (0, True),
        (found.groups[3].copies[0].orientation, False),
    ]
    assert found.groups[3].copies[0].orientation in {5, 6}
    assert found.limits == ()


def form(seed: int):
    """One printed form, filled in by the seed."""
    rng = np.random.default_rng(seed)
    page = np.full((1100, 850), 250, np.uint8)
    cv2.putText(page, "APPLICATION FORM 12-B", (200, 60), 0, 1, 0, 2)
    for y in range(120, 1050, 60):
        cv2.rectangle(page, (40, y), (800, y + 45), 90, 1)
        cv2.putText(page, "".join(map(chr, rng.integers(97, 123, 12))), (150, y + 32), 0, 0.8, 30, 2)
    return page


def product(seed: int):
    """A thing of its own size, turn, colour and number before white."""
    rng = np.random.default_rng(seed)
    out = np.full((256, 256, 3), 255, np.uint8)
    (across, down), colour = rng.integers(30, 90, 2).tolist(), rng.integers(20, 230, 3).tolist()
    if seed % 2:
        cv2.rectangle(out, (128 - across, 128 - down), (128 + across, 128 + down), colour, -1)
    else:
        cv2.ellipse(out, (128, 128), (across, down), int(rng.integers(180)), 0, 360, colour, -1)
    cv2.putText(out, f"{seed:03d}", (100, 135), 0, 0.7, (255, 255, 255), 2)
    return out


def before_a_fixed_camera(seed: int):
    """Other boxes before one background."""
    rng = np.random.default_rng(seed)
    ground = np.random.default_rng(3).integers(0, 255, (60, 80, 3), dtype=np.uint8)
    out = cv2.resize(ground, (640, 480), interpolation=cv2.INTER_CUBIC)
    for x, y in zip(rng.integers(40, 600, 3).tolist(), rng.integers(40, 440, 3).tolist(), strict=True):
        cv2.rectangle(out, (x - 35, y - 35), (x + 35, y + 35), rng.integers(0, 255, 3).tolist(), -1)
    return out


@pytest.mark.parametrize(("make", "count"), [(form, 24), (product, 80), (before_a_fixed_camera, 24)])
def test_what_has_the_same_frame_but_other_content_is_no_copy(
    tmp_path: Path, make: Callable[[int], object], count: int
):
    parts = Parts(tmp_path / "parts", train=0, test=0)
    for seed in range(count):
        parts.add("test" if seed % 4 == 0 else "train", f"p{seed:02d}.png", make(seed))
    copied = cv2.convertScaleAbs(make(2), alpha=0.8)
    parts.add("test", "copy.png", cv2.imdecode(cv2.imencode(".jpg", copied)[1], cv2.IMREAD_COLOR))
    found = searched(formats.open_dataset(parts.save()))
    assert [one.images for one in found.groups] == [("test/copy.png", "train/p02.png")]


def test_groups_do_not_depend_on_the_order_of_files(parts: Parts):
    labelled = formats.open_dataset(parts.root)
    pictures = list(labelled.pictures)
    random.Random(4).shuffle(pictures)
    mixed = msgspec.structs.replace(labelled, pictures=tuple(pictures))
    assert {one.images for one in searched(mixed).groups} == {one.images for one in searched(labelled).groups}


def test_copies_join_transitively_with_one_link_fewer_than_images(parts: Parts):
    parts.add("train", "again.png", large(3))
    parts.add("train", "paler.png", cv2.convertScaleAbs(large(3), alpha=0.8, beta=20))
    found = searched(formats.open_dataset(parts.save()))
    (group,) = [one for one in found.groups if "train/t03.png" in one.images]
    assert group.images == ("test/crop.png", "train/again.png", "train/paler.png", "train/t03.png")
    assert not group.equal
    assert len(group.copies) == 3


def test_of_too_many_only_evaluation_images_are_searched_and_that_is_said(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
):
    parts.add("train", "crop-in-train.png", large(9)[50:310, 60:420])
    parts.save()
    assert len(searched(formats.open_dataset(parts.root)).groups) == 5
    monkeypatch.setattr(copies, "ALL", 5)
    monkeypatch.setattr(copies, "_INDEXED", 2)
    found = searched(formats.open_dataset(parts.root))
    assert len(found.groups) == 4
    assert found.limits == (copies.EVALUATION_ONLY,)
    dataset = scan(formats.open_dataset(parts.root), observed_at=AT)
    assert [item.detail for item in dataset.listed("images-not-all-compared").items] == [copies.EVALUATION_ONLY]


def test_a_crowd_of_near_ones_is_bounded_and_that_is_said(parts: Parts, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(copies.hashes, "SAME", 2.0)
    monkeypatch.setattr(copies, "_NEAREST", 3)
    for number in range(8):
        parts.add("train", f"near{number}.png", cv2.convertScaleAbs(large(50), alpha=1 - number / 50))
    assert searched(formats.open_dataset(parts.save())).limits == (copies.CROWDED,)


def test_export_copies_of_one_source_are_no_duplicates(parts: Parts):
    for number in range(3):
        pixels = cv2.convertScaleAbs(large(30), alpha=1 - number / 10)
        parts.add("train", f"a_jpg.rf.{number}f.png", pixels)
    parts.add("train", "b_jpg.rf.00.png", large(31))
    parts.add("train", "b2_jpg.rf.11.png", large(31))
    dataset = scan(formats.open_dataset(parts.save()), observed_at=AT)
    assert [item.images for item in dataset.listed("images-duplicated").items] == [
        ("train/b2_jpg.rf.11.png", "train/b_jpg.rf.00.png")
    ]
    assert dataset.listed("images-nearly-duplicated").total == 0


def test_equal_pixels_with_other_boxes_contradict_each_other(parts: Parts):
    parts.add("train", "u.png", large(40))
    parts.add("train", "v.png", large(40))
    assert scan(formats.open_dataset(parts.save()), observed_at=AT).listed("labels-conflict").total == 0
    last = parts.said["train"]["annotations"][-1]
    last["bbox"] = [last["bbox"][0], last["bbox"][1] + 3, 36, 40]
    assert scan(formats.open_dataset(parts.save()), observed_at=AT).listed("labels-conflict").total == 0
    last["bbox"] = [5, 75, 36, 40]
    (item,) = scan(formats.open_dataset(parts.save()), observed_at=AT).listed("labels-conflict").items
    assert (item.images, item.classes) == (("train/u.png", "train/v.png"), ("nut",))
    assert item.detail == (
        "train/u.png has 4 objects, 1 of them in it alone (nut); train/v.png has 4 objects, 1 of them in it alone (nut)"
    )


def test_copies_are_the_same_on_workers_even_when_those_die(parts: Parts):
    labelled = formats.open_dataset(parts.root)
    with contextlib.closing(Processes(2)) as processes:
        on_workers = searched(labelled, processes)
    assert on_workers == searched(labelled)
    assert on_workers.groups
    assert searched(labelled, Dying()) == on_workers
