"""Overfit splits: seeded leaks and gaps are found, chance is not; what leaked is read from names, labels and bytes."""

from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import specimens
import truths
from asking import ask
from readiness.evidence.overfit import Gap, Overfit
from readiness_coordinator import formats
from readiness_coordinator.evaluate import overfitting
from readiness_coordinator.evaluate.case import Case
from readiness_coordinator.formats import Labelled, Picture

BOX = (10.0, 10.0, 40.0, 40.0)
KEPT = ("test", "val")


def case(images: int, missed: AbstractSet[int]) -> Case:
    """Three bolts an image, of which the missed images find one."""
    boxes = [(10.0 + 100 * j, 10.0, 40.0, 40.0) for j in range(3)]
    truth = truths.labelled([[(0, box, False) for box in boxes] for _ in range(images)])
    said = [(str(i), 0, box, 0.9) for i in range(images) for box in (boxes[:1] if i in missed else boxes)]
    return truths.case(truth, truths.columns(said))


def missing(rng: np.random.Generator, images: int, share: float, of: int = 0) -> set[int]:
    return {i for i in range(of, images) if rng.random() < share}


def answers(record: Overfit, code: str) -> list[str]:
    found = ask(code, evaluation=specimens.evaluation(overfit=record))
    return [one.unknown or one.outcome for one in found]


def gap(record: Overfit, against: str, name: str) -> Gap:
    (one,) = [one for one in record.gaps if (one.against, one.name) == (against, name)]
    return one


def test_leaked_images_that_the_model_knows_by_heart_are_found() -> None:
    """Of 300 images 150 leaked: all found there, half of the others miss two of three objects."""
    rng = np.random.default_rng(5)
    here = case(300, missing(rng, 300, 0.5, of=150))
    record = overfitting.overfit(here, leaked={f"{i}.jpg" for i in range(150)})
    recall = gap(record, "unleaked", "recall")
    assert record.leaked_images == 150
    assert recall.here.n == 900
    assert recall.there.n == 450
    assert 0.1 < recall.lower < recall.difference < recall.upper < 0.25
    assert "found" in answers(record, "overfit-to-leaked-images")


def test_leaked_images_that_are_no_easier_are_clear() -> None:
    rng = np.random.default_rng(5)
    here = case(300, missing(rng, 300, 0.2))
    record = overfitting.overfit(here, leaked={f"{i}.jpg" for i in range(60)})
    assert answers(record, "overfit-to-leaked-images") == ["clear", "clear"]
    assert answers(overfitting.overfit(here, leaked=frozenset()), "overfit-to-leaked-images") == ["clear"]


def test_where_all_leaked_nobody_can_tell() -> None:
    here = case(20, set())
    record = overfitting.overfit(here, leaked={f"{i}.jpg" for i in range(20)})
    assert gap(record, "unleaked", "recall").there.n == 0
    assert answers(record, "overfit-to-leaked-images") == ["missing", "missing"]


def test_an_untouched_split_shows_the_gap_and_chance_is_not_called_one() -> None:
    rng = np.random.default_rng(8)
    here = case(300, missing(rng, 300, 0.1))
    worse, same, thin = (case(n, missing(rng, n, share)) for n, share in ((300, 0.5), (300, 0.1), (15, 0.1)))
    code = "overfit-against-split"
    assert "found" in answers(overfitting.overfit(here, worse), code)
    assert answers(overfitting.overfit(here, same), code) == ["clear", "clear"]
    assert set(answers(overfitting.overfit(here, thin), code)) <= {"undecided", "clear"}
    assert overfitting.overfit(here, worse).other == "test"


def test_the_gap_of_two_splits_holds_and_equal_splits_rarely_differ() -> None:
    rng = np.random.default_rng(2)
    held = found = 0
    for _ in range(150):
        here, there = (case(60, missing(rng, 60, 0.3)) for _ in range(2))
        recall = gap(overfitting.overfit(here, there), "split", "recall")
        held += recall.lower <= 0 <= recall.upper
        found += recall.lower > specimens.policy().evaluation.overfit
    assert held >= 0.93 * 150
    assert found <= 0.05 * 150


def test_use_lifts_the_best_of_many_by_no_more_than_is_said() -> None:
    rng = np.random.default_rng(4)
    images, uses, share = 80, 30, 0.2
    base = case(images, set(range(round(images * share))))
    lift = overfitting.overfit(base, uses=uses).lift
    truth = 1 - share * 2 / 3
    best = [max(1 - 2 / 3 * float(np.mean(rng.random(images) < share)) for _ in range(uses)) for _ in range(200)]
    assert lift is not None
    assert 0 < float(np.mean(best)) - truth < lift < 0.2
    assert overfitting.overfit(base, uses=1).lift == 0.0
    assert overfitting.overfit(base).lift is None


def pictures(names: dict[str, str], **changes: Any) -> tuple[Picture, ...]:
    return tuple(
        Picture(name=name, file=Path("/nowhere", name), split=split, key=i, **changes)
        for i, (name, split) in enumerate(names.items())
    )


def of(names: dict[str, str], **changes: Any) -> Labelled:
    return truths.labelled([], pictures=pictures(names), **changes)


def test_copies_and_frames_of_training_images_are_leaked() -> None:
    names = {
        "train/a_jpg.rf.11.jpg": "train",
        "test/a_jpg.rf.22.jpg": "test",
        "test/b_jpg.rf.33.jpg": "test",
        "train/walk_mp4-0001.jpg": "train",
        "test/walk_mp4-0002.jpg": "test",
        "val/b_jpg.rf.44.jpg": "val",
        "test/plain.jpg": "test",
    }
    read = of(names)
    found = overfitting.leaked(read, read.split("test"), KEPT)
    assert found == {"test/a_jpg.rf.22.jpg", "test/walk_mp4-0002.jpg"}


def test_a_picture_that_the_labels_put_into_both_is_leaked() -> None:
    read = of({"a.jpg": "test", "b.jpg": "train"}, listed_twice=(("a.jpg", ("test", "train")),))
    assert overfitting.leaked(read, read.split("test"), KEPT) == {"a.jpg"}


def test_without_a_training_split_nobody_looked() -> None:
    read = of({"a.jpg": "test", "b.jpg": "val"})
    assert overfitting.leaked(read, read.split("test"), KEPT) is None


def test_equal_bytes_are_leaked_whatever_the_names(tmp_path: Path) -> None:
    contents = {"t1": b"same", "t2": b"other", "e1": b"same", "e2": b"size", "e3": b"longer", "gone": None}
    made = []
    for i, (name, data) in enumerate(contents.items()):
        if data is not None:
            (tmp_path / name).write_bytes(data)
        made.append(Picture(name=name, file=tmp_path / name, split="train" if name[0] == "t" else "test", key=i))
    read = truths.labelled([], pictures=tuple(made))
    assert overfitting.leaked(read, read.split("test"), KEPT) == frozenset()
    assert overfitting.leaked(read, read.split("test"), KEPT, bytes_too=True) == {"e1"}


def test_the_webcam_frames_of_cones_and_cubes(shared_data: Path) -> None:
    """The splits share their videos: each frame of the test split is of a recording that training has."""
    read = formats.open_dataset(shared_data / "datasets/cones_cubes_yolo")
    test = read.split("test")
    assert overfitting.leaked(read, test, KEPT) == {picture.name for picture in test}


@pytest.mark.parametrize("name", ["bccd_voc", "coco_mini_cc"])
def test_ordinary_splits_share_nothing(shared_data: Path, name: str) -> None:
    read = formats.open_dataset(shared_data / "datasets" / name)
    split = next(split for split in ("test", "val2017", "val") if read.split(split))
    assert not overfitting.leaked(read, read.split(split), (*KEPT, split), bytes_too=True)
