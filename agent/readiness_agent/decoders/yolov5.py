"""Detections as YOLOv5 and YOLOv7 give them: [1, anchors, 5 + classes], boxes decoded, with objectness."""

from collections.abc import Sequence

import numpy as np

from readiness.evidence.model import Card
from readiness_agent.answers import Boxes, detections, from_centres, likely
from readiness_agent.decoders import Mismatch, Outputs, Shape, in_pixels
from readiness_agent.geometry import Geometry


def classes(shapes: Sequence[Shape], card: Card) -> int | None:
    if len(shapes) == 2 and len(shapes[1]) == 4:
        raise Mismatch("decoder 'yolov5' reads boxes, the model's second output holds masks; export the detect task")
    if len(shapes) != 1 or len(shapes[0]) != 3 or (shapes[0][2] or 6) < 6:
        wanted = "[1, anchors, 5 + classes]; heads of undecoded grids need an export with their grid"
        raise Mismatch(f"decoder 'yolov5' reads one output {wanted}, the model gives {list(shapes)}")
    return None if shapes[0][2] is None else shapes[0][2] - 5


def decode(outputs: Outputs, card: Card, geometry: Geometry, floor: float) -> Boxes:
    """Score = objectness * class, both sigmoid already (YOLOv5, `non_max_suppression`)."""
    table = outputs[0][0]
    table = table[np.flatnonzero(table[:, 4] >= floor)]  # no class score is above 1
    sure, scores, rows = likely(table[:, 5:].T, floor)
    corners = in_pixels(from_centres(table[sure, :4]), card, geometry)
    return detections(corners, scores * table[sure, 4], rows, geometry, floor, card.output.iou)
