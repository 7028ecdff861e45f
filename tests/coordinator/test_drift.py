"""Drift between splits: quiet on splits of one kind, however small, and found where one was seeded."""

import numpy as np
import pytest

from made_up import labelled, look, picture, seen
from readiness.evidence.dataset import Drift
from readiness.measures.image import Look
from readiness_coordinator.formats.labelled import Picture
from readiness_coordinator.scan import clusters
from readiness_coordinator.scan.finders import drift

BOX = (10.0, 10.0, 20.0, 20.0)
SPLITS = {"train": 200, "val": 60, "test": 60}


def drifts(pictures: list[Picture], looks: dict[str, Look] | None = None) -> dict[tuple[str, tuple[str, str]], Drift]:
    looked = seen(labelled(pictures), looks)
    return {(one.measure, one.splits): one for one in drift.between_splits(looked, clusters.of(looked))}


def drawn(seed: int, pattern: str = "{}-{}.jpg", **odd: float) -> tuple[list[Picture], dict[str, Look]]:
    """Three splits of one kind; `odd` gives, by split, by how much its luma lies lower."""
    rng = np.random.default_rng(seed)
    pictures, looks = [], {}
    for split, count in SPLITS.items():
        for number in range(count):
            side = float(rng.uniform(10, 40))
            name = pattern.format(split, number)
            boxes = [(int(rng.random() < 0.4), (5.0, 5.0, side, side)) for _ in range(rng.integers(1, 5))]
            pictures.append(picture(name, split, boxes=boxes))
            looks[name] = look(
                luma=float(rng.normal(120, 20)) - odd.get(split, 0.0), sharpness=float(rng.uniform(50, 900))
            )
    return pictures, looks


@pytest.mark.parametrize("seed", range(5))
def test_splits_of_one_kind_do_not_drift(seed: int):
    found = drifts(*drawn(seed))
    assert len(found) == 3 * 7
    assert max(one.lower for one in found.values()) < 0.1


def test_a_darker_test_split_is_found_against_both_others_and_nothing_else():
    found = drifts(*drawn(1, test=60))
    over = {where for where, one in found.items() if one.lower > 0.2}
    assert over == {("luma", ("train", "test")), ("luma", ("val", "test"))}
    assert found["luma", ("train", "test")].n == (200, 60)


def test_frames_of_a_few_recordings_prove_no_drift():
    pictures, looks = drawn(1, "{}_mp4-{}.jpg", test=60)
    one = drifts(pictures, looks)["luma", ("train", "test")]
    assert (one.n, one.lower) == ((1, 1), 0)
    assert one.effect > 0.5


def test_other_classes_and_other_sizes():
    pictures, _ = drawn(2)
    other = [
        picture(one.name, one.split, boxes=[(1, (5.0, 5.0, 4.0, 4.0))] * 3) if one.split == "test" else one
        for one in pictures
    ]
    found = drifts(other)
    assert {where for where, one in found.items() if one.lower > 0.15} == {
        (measure, pair) for measure in ("classes", "object area") for pair in (("train", "test"), ("val", "test"))
    }


def test_a_small_split_gives_no_false_alarm():
    pictures = [
        picture(f"{split}{n}.jpg", split, boxes=[(n % 2, BOX)]) for split in ("train", "test") for n in range(4)
    ]
    looks = {one.name: look(luma=40.0 if one.split == "test" else 200.0) for one in pictures}
    assert max(one.lower for one in drifts(pictures, looks).values()) <= 0.2


def test_copies_of_everything_change_nothing():
    pictures, looks = drawn(3)
    twins = [
        picture(f"twin-{one.name}", one.split, boxes=[(a.row, a.box) for a in one.annotations if a.box])
        for one in pictures
    ]
    both = looks | {f"twin-{name}": one for name, one in looks.items()}
    doubled = seen(labelled([*pictures, *twins]), both, groups=[[one.name, f"twin-{one.name}"] for one in pictures])
    found = {(one.measure, one.splits): one for one in drift.between_splits(doubled, clusters.of(doubled))}
    assert found == drifts(pictures, looks)


def test_datasets_without_two_splits_have_no_drift():
    assert drifts([picture("a.jpg", "all", boxes=[(0, BOX)])]) == {}
    assert drifts([]) == {}
