"""The truth of a split as arrays: one row per object, or per image for a classifier."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from readiness_coordinator.evaluate.instance_masks import Rle
from readiness_coordinator.formats import Annotation, Labelled, Picture
from readiness_coordinator.origins import recording_of, source_of

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]
Bools = npt.NDArray[np.bool_]


class GroundTruth(NamedTuple):
    """Objects: `image` (m,), `row` (m,) of the class, `boxes` (m, 4) x y width height, `area` (m,), `crowd` (m,).

    `cluster` (pictures,) names what samples each picture belongs to: its recording where known,
    else the source it is a copy of, else itself.
    `unboxed` counts objects whose box, or mask where masks are judged, is unknown; they cannot be judged.
    `outlines` (m,) are the masks where those are judged.
    """

    image: Indices
    row: Indices
    boxes: Floats
    area: Floats
    crowd: Bools
    cluster: Indices
    unboxed: int = 0
    outlines: tuple[Rle, ...] | None = None


def of(pictures: Sequence[Picture], labelled: Labelled) -> GroundTruth:
    """Lay out the truth of `pictures`."""
    return _labels(pictures, labelled) if labelled.task == "classification" else _objects(pictures)


def _objects(pictures: Sequence[Picture]) -> GroundTruth:
    boxed = [(i, one, one.box) for i, one in placed(pictures) if one.box is not None]
    return GroundTruth(
        image=np.array([i for i, _, _ in boxed], dtype=np.intp),
        row=np.array([one.row for _, one, _ in boxed], dtype=np.intp),
        boxes=np.array([box for _, _, box in boxed], dtype=np.float64).reshape(-1, 4),
        area=np.array([box[2] * box[3] if one.area is None else one.area for _, one, box in boxed], dtype=np.float64),
        crowd=np.array([one.crowd for _, one, _ in boxed], dtype=bool),
        cluster=_clusters(pictures),
        unboxed=sum(len(picture.annotations) for picture in pictures) - len(boxed),
    )


def placed(pictures: Sequence[Picture]) -> list[tuple[int, Annotation]]:
    """Give the objects whose box is known, each with the index of its picture, in the order of the arrays."""
    return [(i, one) for i, picture in enumerate(pictures) for one in picture.annotations if one.box is not None]


def _labels(pictures: Sequence[Picture], labelled: Labelled) -> GroundTruth:
    row_of = {name: row for row, name in enumerate(labelled.classes)}
    known = [(i, row_of[picture.label]) for i, picture in enumerate(pictures) if picture.label in row_of]
    return GroundTruth(
        image=np.array([i for i, _ in known], dtype=np.intp),
        row=np.array([row for _, row in known], dtype=np.intp),
        boxes=np.zeros((len(known), 4)),
        area=np.zeros(len(known)),
        crowd=np.zeros(len(known), dtype=bool),
        cluster=_clusters(pictures),
    )


def _clusters(pictures: Sequence[Picture]) -> Indices:
    names = [recording_of(picture) or source_of(picture) or f"\0{i}" for i, picture in enumerate(pictures)]
    numbers = {name: number for number, name in enumerate(dict.fromkeys(names))}
    return np.array([numbers[name] for name in names], dtype=np.intp)
