"""Detections as UltraFace gives them: scores [1, anchors, 1 + classes], boxes [1, anchors, 4] relative corners."""

from collections.abc import Sequence

import numpy as np

from readiness.evidence.model import Card
from readiness_agent.answers import Boxes, detections
from readiness_agent.decoders import Mismatch, Outputs, Shape
from readiness_agent.geometry import Geometry


def classes(shapes: Sequence[Shape], card: Card) -> int | None:
    if len(shapes) != 2 or shapes[1][-1:] != (4,) or (shapes[0][-1] or 2) < 2:
        wanted = "scores [1, anchors, 1 + classes] and boxes [1, anchors, 4]"
        raise Mismatch(f"decoder 'ultraface' reads {wanted}, the model gives {list(shapes)}")
    return None if shapes[0][-1] is None else shapes[0][-1] - 1


def decode(outputs: Outputs, card: Card, geometry: Geometry, floor: float) -> Boxes:
    """Column 0 of the scores is background; boxes are x1 y1 x2 y2 relative to the input."""
    table = outputs[0][0][:, 1:]
    corners = outputs[1][0].astype(np.float64) * np.array(geometry.input * 2)
    return detections(corners, table.max(axis=1), table.argmax(axis=1), geometry, floor, card.output.iou)
