"""Detections as the first NanoDet gives them: as NanoDet-Plus does, from the middle of each anchor's cell."""

from collections.abc import Sequence

from readiness.evidence.model import Card
from readiness_agent.answers import Boxes
from readiness_agent.decoders import Outputs, Shape, nanodet_plus
from readiness_agent.geometry import Geometry


def classes(shapes: Sequence[Shape], card: Card) -> int | None:
    return nanodet_plus.head("nanodet", shapes, card)


def decode(outputs: Outputs, card: Card, geometry: Geometry, floor: float) -> Boxes:
    """Read distances from the middle of each anchor's cell (NanoDet, `nanodet_head.py`)."""
    return nanodet_plus.read(outputs, card, geometry, floor, centre=0.5)
