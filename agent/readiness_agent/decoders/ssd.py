"""Detections post-processed inside the model (TFLite_Detection_PostProcess): boxes, classes, scores, count."""

from collections.abc import Sequence

import numpy as np

from readiness.evidence.model import Card
from readiness_agent.answers import Boxes, detections
from readiness_agent.decoders import Mismatch, Outputs, Shape
from readiness_agent.geometry import Geometry


def classes(shapes: Sequence[Shape], card: Card) -> int | None:
    if len(shapes) != 4 or shapes[0][-1:] != (4,):
        raise Mismatch(
            f"decoder 'ssd' reads boxes [1, n, 4], classes, scores and count, the model gives {list(shapes)}"
        )
    return None


def decode(outputs: Outputs, card: Card, geometry: Geometry, floor: float) -> Boxes:
    """Read ymin xmin ymax xmax relative to the input; `class_offset` is added to the model's class numbers."""
    count = int(np.ravel(outputs[3])[0])
    boxes, numbers, scores = outputs[0][0][:count], outputs[1][0][:count], outputs[2][0][:count]
    corners = boxes[:, [1, 0, 3, 2]].astype(np.float64) * np.array(geometry.input * 2)
    rows = np.rint(numbers).astype(np.intp) + card.output.class_offset
    return detections(corners, scores, rows, geometry, floor, None)
