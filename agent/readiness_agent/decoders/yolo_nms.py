"""Detections that a YOLO has suppressed itself (end-to-end heads, export with NMS): [1, n, 6], best first."""

from collections.abc import Sequence

import numpy as np

from readiness.evidence.model import Card
from readiness_agent.answers import Boxes, detections
from readiness_agent.decoders import Mismatch, Outputs, Shape, in_pixels
from readiness_agent.geometry import Geometry


def classes(shapes: Sequence[Shape], card: Card) -> int | None:
    if len(shapes) != 1 or len(shapes[0]) != 3 or shapes[0][2] not in {6, None}:
        raise Mismatch(
            f"decoder 'yolo_nms' reads one output [1, n, 6] of x1 y1 x2 y2 score class, the model gives {list(shapes)}"
        )
    return None


def decode(outputs: Outputs, card: Card, geometry: Geometry, floor: float) -> Boxes:
    """Read rows of x1 y1 x2 y2 score class; those that only fill up the table score 0 (Ultralytics, YOLOv10)."""
    table = outputs[0][0]
    table = table[np.flatnonzero((table[:, 4] >= floor) & (table[:, 4] > 0))]
    rows = np.rint(table[:, 5]).astype(np.intp) + card.output.class_offset
    return detections(in_pixels(table[:, :4], card, geometry), table[:, 4], rows, geometry, floor, None)
