"""Detections as NanoDet-Plus gives them: [1, anchors, classes + 32], a distribution over each side's distance."""

from collections.abc import Sequence

import numpy as np

from readiness.evidence.model import Card
from readiness_agent.answers import Boxes, Floats, detections, likely
from readiness_agent.decoders import Mismatch, Outputs, Shape
from readiness_agent.geometry import Geometry, cells

_BINS = 8  # reg_max 7 of NanoDet's own configurations, and 0


def classes(shapes: Sequence[Shape], card: Card) -> int | None:
    return head("nanodet_plus", shapes, card)


def decode(outputs: Outputs, card: Card, geometry: Geometry, floor: float) -> Boxes:
    """Read distances from the upper left corner of each anchor's cell (NanoDet, `nanodet_plus_head.py`)."""
    return read(outputs, card, geometry, floor, centre=0.0)


def head(name: str, shapes: Sequence[Shape], card: Card) -> int | None:
    """Count the classes of a head of this form; raises Mismatch in the decoder's name."""
    anchors = len(cells(card.input.size, card.output.strides)[0])
    least = 4 * _BINS + 1
    if (
        len(shapes) != 1
        or len(shapes[0]) != 3
        or shapes[0][1] not in {anchors, None}
        or (shapes[0][2] or least) < least
    ):
        wanted = f"[1, {anchors}, classes + {4 * _BINS}] for strides {list(card.output.strides)}"
        raise Mismatch(f"decoder '{name}' reads one output {wanted}, the model gives {list(shapes)}")
    return None if shapes[0][2] is None else shapes[0][2] - 4 * _BINS


def read(outputs: Outputs, card: Card, geometry: Geometry, floor: float, *, centre: float) -> Boxes:
    """Turn each side's distribution into its mean distance in strides (Li et al. 2020, generalised focal loss).

    Scores are sigmoid already; `centre` is where in its cell an anchor stands, 0 to 1.
    """
    table = outputs[0][0]
    sure, scores, rows = likely(table[:, : -4 * _BINS].T, floor)
    places, strides = (part[sure] for part in cells(card.input.size, card.output.strides))
    distances = _means(table[sure, -4 * _BINS :].astype(np.float64)) * strides[:, None]
    points = (places + centre) * strides[:, None]
    corners = np.concatenate([points - distances[:, :2], points + distances[:, 2:]], axis=1)
    return detections(corners, scores, rows, geometry, floor, card.output.iou)


def _means(logits: Floats) -> Floats:
    """Give the mean of each of four distributions over the distances 0 to 7: shape (n, 32) to (n, 4)."""
    sides = logits.reshape(-1, 4, _BINS)
    grown = np.exp(sides - sides.max(axis=2, keepdims=True))
    return np.asarray(grown @ np.arange(_BINS) / grown.sum(axis=2))
