"""Detections as YOLOX exports them: [1, anchors, 5 + classes], offsets on a grid per stride, scores already sigmoid."""

from collections.abc import Sequence

import numpy as np

from readiness.evidence.model import Card, CardInput
from readiness_agent.answers import Boxes, Floats, detections, from_centres
from readiness_agent.decoders import Mismatch, Outputs, Shape
from readiness_agent.geometry import Geometry


def classes(shapes: Sequence[Shape], card: Card) -> int | None:
    anchors = len(_grid(card.input, card.output.strides)[0])
    if len(shapes) != 1 or len(shapes[0]) != 3 or shapes[0][1] not in {anchors, None} or (shapes[0][2] or 6) < 6:
        wanted = f"[1, {anchors}, 5 + classes] for strides {list(card.output.strides)} at {list(card.input.size)}"
        raise Mismatch(f"decoder 'yolox' reads one output {wanted}, the model gives {list(shapes)}")
    return None if shapes[0][2] is None else shapes[0][2] - 5


def decode(outputs: Outputs, card: Card, geometry: Geometry, floor: float) -> Boxes:
    """Read cell offsets and log sizes; score = objectness * class (Ge et al. 2021, YOLOX `demo_postprocess`)."""
    table = outputs[0][0]
    sure = np.flatnonzero(table[:, 4] * table[:, 5:].max(axis=1) >= floor)
    table = table[sure].astype(np.float64)
    cells, strides = (part[sure] for part in _grid(card.input, card.output.strides))
    centres = np.concatenate([table[:, :2] + cells, np.exp(table[:, 2:4])], axis=1) * strides[:, None]
    rows = table[:, 5:].argmax(axis=1)
    scores = table[:, 4] * table[np.arange(len(rows)), 5 + rows]
    return detections(from_centres(centres), scores, rows, geometry, floor, card.output.iou)


def _grid(how: CardInput, strides: Sequence[int]) -> tuple[Floats, Floats]:
    """Give each anchor's cell (n, 2) as column and row, and its stride (n,)."""
    cells, steps = [], []
    for stride in strides:
        width, height = how.size[0] // stride, how.size[1] // stride
        rows, columns = np.mgrid[:height, :width]
        cells.append(np.stack([columns.ravel(), rows.ravel()], axis=1).astype(np.float64))
        steps.append(np.full(width * height, stride, dtype=np.float64))
    return np.concatenate(cells), np.concatenate(steps)
