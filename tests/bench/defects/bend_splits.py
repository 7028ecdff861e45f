"""Mutators of splits and classes: what is missing, lopsided, rare, few, or unlike between training and test."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from bench.defects.drafts import Draft, Shot
from bench.defects.shelf import Spot, plants

Rng = np.random.Generator
FEW = {"class-rare": "few objects are left there", "split-ratio-odd": "few images are left there"}


def _without(draft: Draft, split: str) -> None:
    draft.shots = [shot for shot in draft.shots if shot.split != split]


@plants("split-empty", "yolo", follows={"validation-split-missing": "it has no image"})
def split_without_images(draft: Draft, rng: Rng) -> Iterator[Spot]:
    _without(draft, "val")
    draft.after.append(_declare_empty)
    yield Spot(splits=["val"])


def _declare_empty(root: Path) -> None:
    (root / "val/images").mkdir(parents=True)
    said = (root / "data.yaml").read_text()
    (root / "data.yaml").write_text(f"val: val/images\n{said}")


@plants(
    "evaluation-split-missing",
    "detection",
    "segmentation",
    "classification",
)
def only_training(draft: Draft, rng: Rng) -> Iterator[Spot]:
    for shot in draft.shots:
        shot.split = "train"
    yield Spot()


@plants(
    "training-split-missing",
    "detection",
    "segmentation",
    "classification",
    follows={"dataset-small": "only the other splits are left"},
)
def no_training(draft: Draft, rng: Rng) -> Iterator[Spot]:
    _without(draft, "train")
    yield Spot()


@plants("validation-split-missing", "detection", "segmentation", "classification")
def no_validation(draft: Draft, rng: Rng) -> Iterator[Spot]:
    _without(draft, "val")
    yield Spot()


def _drop(draft: Draft, row: int, split: str, keep: int = 0) -> None:
    """Leave `keep` objects of a class in a split."""
    left = keep
    for shot in draft.of(split):
        if shot.row == row:
            left -= 1
            shot.split = split if left >= 0 else "train"
        for thing in [one for one in shot.things if one.row == row]:
            left -= 1
            if left < 0:
                shot.things.remove(thing)


@plants(
    "class-absent-in-split",
    "detection",
    "segmentation",
    "classification",
    follows={
        "class-mix-drifts-between-splits": "a class is gone from one",
        "images-empty-many": "some held nothing else",
        "class-rare": "none is rarer than few",
    },
)
def class_absent(draft: Draft, rng: Rng) -> Iterator[Spot]:
    row = int(rng.integers(len(draft.classes)))
    _drop(draft, row, "test")
    yield Spot(classes=[draft.classes[row]])


@plants(
    "class-rare",
    "detection",
    "segmentation",
    "classification",
    follows={"class-mix-drifts-between-splits": "a class is nearly gone from one"},
)
def class_rare(draft: Draft, rng: Rng) -> Iterator[Spot]:
    row = int(rng.integers(len(draft.classes)))
    _drop(draft, row, "test", keep=int(rng.integers(3, 11)))
    yield Spot(classes=[draft.classes[row]])


@plants(
    "class-imbalance",
    "detection",
    "segmentation/coco",
    "segmentation/yolo",
    follows={"class-rare": "an imbalanced class is rare in the test split too"},
)
def one_class_in_a_hundred(draft: Draft, rng: Rng) -> Iterator[Spot]:
    for shot in draft.shots:
        for thing in shot.things:
            if thing.row == 0 and rng.random() < 0.97:
                thing.row = 1
    yield Spot(words=[draft.classes[0], draft.classes[1]])


@plants("dataset-small", "detection", "segmentation", "classification", follows=FEW)
def few_images(draft: Draft, rng: Rng) -> Iterator[Spot]:
    kept = []
    for split, count in (("train", 49), ("val", 11), ("test", 11)):
        kept += draft.pick(rng, count, split)
    draft.shots = kept
    yield Spot()


@plants("split-ratio-odd", "detection", "segmentation", "classification", whole=True, follows=FEW)
def nearly_all_to_test(draft: Draft, rng: Rng) -> Iterator[Spot]:
    for shot in draft.of("train"):
        shot.split = "train" if rng.random() < 0.1 else "test"
    yield Spot()


@plants("split-path-broken", "yolo")
def path_outside(draft: Draft, rng: Rng) -> Iterator[Spot]:
    """Write paths as Roboflow does, from a folder beside the one that holds data.yaml."""

    def bend(root: Path) -> None:
        said = (root / "data.yaml").read_text()
        (root / "data.yaml").write_text(
            said.replace("test: test/", "test: ../test/").replace("val: val/", "val: ../val/")
        )

    draft.after.append(bend)
    yield Spot(words=["data.yaml test"])
    yield Spot(words=["data.yaml val"])


@plants("split-undeclared", "yolo", follows={"validation-split-missing": "nothing declares it"})
def validation_not_declared(draft: Draft, rng: Rng) -> Iterator[Spot]:
    """Leave the line of the validation folder out of data.yaml."""

    def bend(root: Path) -> None:
        lines = (root / "data.yaml").read_text().splitlines(keepends=True)
        (root / "data.yaml").write_text("".join(line for line in lines if not line.startswith("val:")))

    draft.after.append(bend)
    yield Spot(words=["val: holds"])


@plants(
    "class-mix-drifts-between-splits",
    "detection",
    "segmentation/coco",
    "segmentation/yolo",
    "classification",
    follows={"class-rare": "of a class of portraits few are left"},
)
def other_classes_in_test(draft: Draft, rng: Rng) -> Iterator[Spot]:
    """Keep a fifth of one class's objects in the test split, and all of the others."""
    row = int(rng.integers(len(draft.classes)))
    for shot in draft.of("test"):
        if shot.row == row and rng.random() < 0.7:
            draft.shots.remove(shot)
        for thing in shot.things:
            if thing.row == row and rng.random() < 0.75:
                thing.row = (row + 1) % len(draft.classes)
    yield Spot(splits=["test"])


def _relit(draft: Draft, shots: list[Shot], alpha: float, beta: float) -> None:
    for shot in shots:
        draft.put(shot, cv2.convertScaleAbs(draft.pixels(shot), alpha=alpha, beta=beta))


@plants("images-drift-between-splits", "detection/coco", "classification")
def darker_test(draft: Draft, rng: Rng) -> Iterator[Spot]:
    _relit(draft, draft.of("test"), 0.6, 0)
    yield Spot(splits=["test"])


@plants("images-drift-between-splits", "detection/coco", "classification")
def softer_test(draft: Draft, rng: Rng) -> Iterator[Spot]:
    for shot in draft.of("test"):
        draft.put(shot, cv2.GaussianBlur(draft.pixels(shot), (0, 0), 0.9))
    yield Spot(splits=["test"])


@plants("object-sizes-drift-between-splits", "detection")
def smaller_in_test(draft: Draft, rng: Rng) -> Iterator[Spot]:
    for shot in draft.of("test"):
        for thing in shot.things:
            x, y, w, h = thing.box
            thing.move((x + w / 4, y + h / 4, w / 2, h / 2))
    yield Spot(splits=["test"])
