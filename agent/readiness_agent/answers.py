"""What a model answers about one frame: boxes, class scores, or a mask; rows number the card's classes."""

from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from readiness.evidence.model import Card
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
_GROUND = {"background", "_background_", "__background__"}


def background(card: Card) -> int | None:
    """Give the row of the class that stands for nothing there, by its name; None where the card has none."""
    return next((row for row, name in enumerate(card.classes) if name.lower() in _GROUND), None)


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


def likely(table: npt.NDArray[Any], floor: float) -> tuple[Rows, npt.NDArray[Any], Rows]:
    """Find the anchors whose best class scores `floor` or more, of scores (classes, anchors): index, score and row."""
    best = table.max(axis=0)
    sure = np.flatnonzero(best >= floor)
    return sure, best[sure], table[:, sure].argmax(axis=0)


def activated(values: Floats, how: str) -> Floats:
    """Turn logits into scores along the last axis, as the card's `output.activation` says."""
    if how == "sigmoid":
        return np.asarray(1 / (1 + np.exp(-values)))
    if how == "softmax":
        grown = np.exp(values - values.max(axis=-1, keepdims=True))
        return np.asarray(grown / grown.sum(axis=-1, keepdims=True))
    return values
