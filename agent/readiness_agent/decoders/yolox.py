"""Detections as YOLOX exports them: [1, anchors, 5 + classes], offsets on a grid per stride, scores already sigmoid."""

from collections.abc import Sequence

import numpy as np

from readiness.evidence.model import Card
from readiness_agent.answers import Boxes, detections, from_centres, likely
from readiness_agent.decoders import Mismatch, Outputs, Shape
from readiness_agent.geometry import Geometry, cells


def classes(shapes: Sequence[Shape], card: Card) -> int | None:
    anchors = len(cells(card.input.size, card.output.strides)[0])
    if len(shapes) != 1 or len(shapes[0]) != 3 or shapes[0][1] not in {anchors, None} or (shapes[0][2] or 6) < 6:
        wanted = f"[1, {anchors}, 5 + classes] for strides {list(card.output.strides)} at {list(card.input.size)}"
        raise Mismatch(f"decoder 'yolox' reads one output {wanted}, the model gives {list(shapes)}")
    return None if shapes[0][2] is None else shapes[0][2] - 5


def decode(outputs: Outputs, card: Card, geometry: Geometry, floor: float) -> Boxes:
    """Read cell offsets and log sizes; score = objectness * class (Ge et al. 2021, YOLOX `demo_postprocess`)."""
    table = outputs[0][0]
    seen = np.flatnonzero(table[:, 4] >= floor)  # no class score is above 1
    among, scores, rows = likely(table[seen, 5:].T, floor)
    sure = seen[among]
    places, strides = (part[sure] for part in cells(card.input.size, card.output.strides))
    offsets = table[sure, :4].astype(np.float64)
    centres = np.concatenate([offsets[:, :2] + places, np.exp(offsets[:, 2:])], axis=1) * strides[:, None]
    return detections(from_centres(centres), scores * table[sure, 4], rows, geometry, floor, card.output.iou)
