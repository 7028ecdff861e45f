"""Answers of an endpoint that speaks Roboflow's JSON: boxes, scores and rows, or one score per class."""

from collections.abc import Sequence

from readiness.evidence.model import Card
from readiness_agent.answers import Answer, Scores, detections
from readiness_agent.decoders import Mismatch, Outputs, Shape
from readiness_agent.geometry import Geometry

_BOXES: tuple[Shape, ...] = ((None, 4), (None,), (None,))


def classes(shapes: Sequence[Shape], card: Card) -> int | None:
    wanted = ((len(card.classes),),) if card.task == "classification" else _BOXES
    if tuple(shapes) != wanted:
        raise Mismatch("decoder 'roboflow' reads an endpoint at http(s)://HOST/PROJECT/VERSION, no model's outputs")
    return None


def decode(outputs: Outputs, card: Card, geometry: Geometry, floor: float) -> Answer:
    """Carry the boxes to the frame; the endpoint has suppressed overlaps itself."""
    if card.task == "classification":
        return Scores(values=outputs[0])
    return detections(outputs[0], outputs[1], outputs[2], geometry, floor, None)
