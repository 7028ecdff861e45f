"""Detections as DETR and its kin give them: scores [1, queries, classes], boxes [1, queries, 4] relative, no NMS."""

from collections.abc import Sequence

import numpy as np

from readiness.evidence.model import Card
from readiness_agent.answers import Boxes, Floats, activated, detections, from_centres, likely
from readiness_agent.decoders import Mismatch, Outputs, Shape
from readiness_agent.geometry import Geometry


def classes(shapes: Sequence[Shape], card: Card) -> int | None:
    if len(shapes) != 2 or any(len(shape) != 3 for shape in shapes) or shapes[1][2] != 4:
        wanted = "scores [1, queries, classes] and boxes [1, queries, 4]"
        raise Mismatch(f"decoder 'detr' reads {wanted}, the model gives {list(shapes)}")
    size = shapes[0][2]
    return None if size is None else size - _nobody(card)


def decode(outputs: Outputs, card: Card, geometry: Geometry, floor: float) -> Boxes:
    """Take each query's best class; boxes are centre and size relative to the input (Carion et al. 2020).

    With activation softmax the last class stands for no object; the sigmoid of Deformable and RT-DETR has none.
    """
    table: Floats = activated(outputs[0][0].astype(np.float64), card.output.activation)
    sure, scores, rows = likely(table[:, : table.shape[1] - _nobody(card)].T, floor)
    corners = from_centres(outputs[1][0][sure].astype(np.float64)) * np.array(geometry.input * 2)
    return detections(corners, scores, rows + card.output.class_offset, geometry, floor, None)


def _nobody(card: Card) -> int:
    return int(card.output.activation == "softmax")
