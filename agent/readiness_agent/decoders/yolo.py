"""Detections as Ultralytics exports YOLOv8 and later: [1, 4 + classes, anchors], boxes as centre and size in pixels."""

from collections.abc import Sequence

import numpy as np

from readiness.evidence.model import Card
from readiness_agent.answers import Boxes, detections, from_centres
from readiness_agent.decoders import Mismatch, Outputs, Shape
from readiness_agent.geometry import Geometry


def classes(shapes: Sequence[Shape], card: Card) -> int | None:
    if len(shapes) != 1 or len(shapes[0]) != 3 or (shapes[0][1] or 5) < 5:
        raise Mismatch(f"decoder 'yolo' reads one output [1, 4 + classes, anchors], the model gives {list(shapes)}")
    return None if shapes[0][1] is None else shapes[0][1] - 4


def decode(outputs: Outputs, card: Card, geometry: Geometry, floor: float) -> Boxes:
    """Take each anchor's best class; boxes are in input pixels (Ultralytics, `non_max_suppression`)."""
    table = outputs[0][0]
    scores = table[4:].max(axis=0)
    sure = np.flatnonzero(scores >= floor)
    rows = table[4:, sure].argmax(axis=0)
    return detections(from_centres(table[:4, sure].T), scores[sure], rows, geometry, floor, card.output.iou)
