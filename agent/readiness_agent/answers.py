"""What a model answers about one frame: boxes, class scores, or a mask; rows number the card's classes."""

from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from readiness.measures.boxes import suppress
from readiness_agent.geometry import Geometry

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]


class Boxes(msgspec.Struct, frozen=True, kw_only=True):
    """Detections, best first: xywh (n, 4) float64 in frame pixels, scores (n,) float64, rows (n,) intp."""

    xywh: Floats
    scores: Floats
    rows: Rows


class Scores(msgspec.Struct, frozen=True, kw_only=True):
    """A classification: one score per class, shape (classes,), float64."""

    values: Floats


class Mask(msgspec.Struct, frozen=True, kw_only=True):
    """A segmentation: the class row of each frame pixel, shape (height, width), uint8 or wider."""

    rows: npt.NDArray[Any]


Answer = Boxes | Scores | Mask


def detections(
    corners: Floats, scores: Floats, rows: Rows, geometry: Geometry, floor: float, overlap: float | None
) -> Boxes:
    """Keep what scores `floor` or more, suppress overlaps within a class, and carry the rest to the frame.

    corners (n, 4) are x1 y1 x2 y2 in input pixels; `overlap` None leaves suppression to the model. A box that is
    not finite or has no area in the frame is no answer.
    """
    sure = np.flatnonzero((scores >= floor) & np.isfinite(corners).all(axis=1))
    corners, scores, rows = corners[sure].astype(np.float64), scores[sure].astype(np.float64), rows[sure]
    kept = np.argsort(-scores, kind="stable") if overlap is None else suppress(corners, scores, rows, overlap)
    placed = geometry.to_frame(corners[kept])
    placed[:, 2:] -= placed[:, :2]
    there = (placed[:, 2:] > 0).all(axis=1)
    return Boxes(xywh=placed[there], scores=scores[kept][there], rows=rows[kept][there].astype(np.intp))


def from_centres(centres: Floats) -> Floats:
    """Turn (n, 4) of centre x, centre y, width, height into x1 y1 x2 y2."""
    half = centres[:, 2:] / 2
    return np.concatenate([centres[:, :2] - half, centres[:, :2] + half], axis=1)
