"""Detections that an SSD has post-processed itself: boxes, classes, scores and count, as TFLite or TF2 order them."""

from collections.abc import Sequence

import numpy as np

from readiness.evidence.model import Card
from readiness_agent.answers import Boxes, detections
from readiness_agent.decoders import Mismatch, Outputs, Shape
from readiness_agent.geometry import Geometry


def classes(shapes: Sequence[Shape], card: Card) -> int | None:
    if _order(shapes) is None:
        raise Mismatch(
            f"decoder 'ssd' reads boxes [1, n, 4], classes, scores and count, the model gives {list(shapes)}"
        )
    return None


def decode(outputs: Outputs, card: Card, geometry: Geometry, floor: float) -> Boxes:
    """Read ymin xmin ymax xmax relative to the input; `class_offset` is added to the model's class numbers."""
    order = _order([output.shape for output in outputs])
    assert order is not None
    boxes, numbers, scores, count = (outputs[place] for place in order)
    real = int(np.ravel(count)[0])
    corners = boxes[0][:real, [1, 0, 3, 2]].astype(np.float64) * np.array(geometry.input * 2)
    rows = np.rint(numbers[0][:real]).astype(np.intp) + card.output.class_offset
    return detections(corners, scores[0][:real], rows, geometry, floor, None)


def _order(shapes: Sequence[Shape]) -> tuple[int, int, int, int] | None:
    """Find boxes, classes, scores and count among four outputs; None where they are none of these.

    TFLite_Detection_PostProcess and frozen graphs give boxes first, then classes, scores and count. Converters of TF2
    put other outputs first (scores boxes count classes; count boxes scores classes): scores then come before classes.
    """
    if len(shapes) != 4:
        return None
    boxes = [at for at, shape in enumerate(shapes) if len(shape) == 3 and shape[2] == 4]
    flat = [at for at, shape in enumerate(shapes) if len(shape) == 2]
    count = [at for at, shape in enumerate(shapes) if len(shape) == 1]
    if (len(boxes), len(flat), len(count)) != (1, 2, 1):
        return None
    first, second = flat if boxes[0] == 0 else flat[::-1]
    return boxes[0], first, second, count[0]
