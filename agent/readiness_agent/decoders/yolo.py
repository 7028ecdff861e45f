"""Detections as YOLOv8 and later give them: [1, 4 + classes, anchors], boxes as centre and size, no objectness."""

from collections.abc import Sequence

from readiness.evidence.model import Card
from readiness_agent.answers import Boxes, detections, from_centres, likely
from readiness_agent.decoders import Mismatch, Outputs, Shape, in_pixels
from readiness_agent.geometry import Geometry

_BOX = 4


def classes(shapes: Sequence[Shape], card: Card) -> int | None:
    if len(shapes) == 2 and len(shapes[1]) == 4:
        raise Mismatch("decoder 'yolo' reads boxes, the model's second output holds masks; export the detect task")
    axis = _channels(shapes[0], card) if len(shapes) == 1 and len(shapes[0]) == 3 else None
    if axis is None or (shapes[0][axis] or 5) < 5:
        wanted = "[1, 4 + classes, anchors] or [1, anchors, 4 + classes]"
        raise Mismatch(f"decoder 'yolo' reads one output {wanted}, the model gives {list(shapes)}")
    size = shapes[0][axis]
    return None if size is None else size - _BOX


def decode(outputs: Outputs, card: Card, geometry: Geometry, floor: float) -> Boxes:
    """Take each anchor's best class (Ultralytics, `non_max_suppression`)."""
    table = outputs[0][0] if _channels(outputs[0].shape, card) == 1 else outputs[0][0].T
    sure, scores, rows = likely(table[_BOX:], floor)
    corners = in_pixels(from_centres(table[:_BOX, sure].T), card, geometry)
    return detections(corners, scores, rows, geometry, floor, card.output.iou)


def _channels(shape: Shape, card: Card) -> int:
    """Tell which axis holds boxes and scores: the one that the card's classes fit, else the shorter one."""
    fits = [axis for axis in (1, 2) if shape[axis] == _BOX + len(card.classes)]
    if len(fits) == 1:
        return fits[0]
    first, second = shape[1], shape[2]
    return 2 if second is not None and (first is None or second < first) else 1
