"""Detections as torchvision's detectors give them: boxes [n, 4] in input pixels, labels [n], scores [n]."""

from collections.abc import Sequence

import numpy as np

from readiness.evidence.model import Card
from readiness_agent.answers import Boxes, detections
from readiness_agent.decoders import Mismatch, Outputs, Shape
from readiness_agent.geometry import Geometry


def classes(shapes: Sequence[Shape], card: Card) -> int | None:
    flat = [len(shape) for shape in shapes]
    if flat != [2, 1, 1] or shapes[0][1] not in {4, None}:
        raise Mismatch(
            f"decoder 'torchvision' reads boxes [n, 4], labels [n] and scores [n], the model gives {list(shapes)}"
        )
    return None


def decode(outputs: Outputs, card: Card, geometry: Geometry, floor: float) -> Boxes:
    """Read x1 y1 x2 y2; labels and scores are told apart by their type. Labels count from 1: `class_offset` is -1."""
    first, second = outputs[1], outputs[2]
    labels, scores = (first, second) if first.dtype.kind in "iu" else (second, first)
    rows = np.rint(labels).astype(np.intp) + card.output.class_offset
    return detections(outputs[0].astype(np.float64), scores, rows, geometry, floor, None)
