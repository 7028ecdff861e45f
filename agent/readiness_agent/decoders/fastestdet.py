"""Detections as FastestDet gives them: [1, 5 + classes, rows, columns], one anchor a cell."""

from collections.abc import Sequence

import numpy as np

from readiness.evidence.model import Card
from readiness_agent.answers import Boxes, detections, from_centres
from readiness_agent.decoders import Mismatch, Outputs, Shape
from readiness_agent.geometry import Geometry


def classes(shapes: Sequence[Shape], card: Card) -> int | None:
    if len(shapes) != 1 or len(shapes[0]) != 4 or (shapes[0][1] or 6) < 6:
        raise Mismatch(f"decoder 'fastestdet' reads one output [1, 5 + classes, h, w], the model gives {list(shapes)}")
    return None if shapes[0][1] is None else shapes[0][1] - 5


def decode(outputs: Outputs, card: Card, geometry: Geometry, floor: float) -> Boxes:
    """Score = objectness^0.6 * class^0.4; centres by tanh, sizes by sigmoid (FastestDet's onnx-runtime example)."""
    _, height, width = outputs[0][0].shape
    table = outputs[0][0].reshape(outputs[0].shape[1], -1)
    scores = np.maximum(table[0], 0) ** 0.6 * np.maximum(table[5:].max(axis=0), 0) ** 0.4
    sure = np.flatnonzero(scores >= floor)
    rows, columns = np.divmod(sure, width)
    offsets = table[1:5, sure].astype(np.float64)
    sizes = 1 / (1 + np.exp(-offsets[2:]))
    centres = np.stack([(columns + np.tanh(offsets[0])) / width, (rows + np.tanh(offsets[1])) / height, *sizes], axis=1)
    corners = from_centres(centres * np.array(geometry.input * 2))
    return detections(corners, scores[sure], table[5:, sure].argmax(axis=0), geometry, floor, card.output.iou)
