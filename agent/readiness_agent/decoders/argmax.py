"""A class for each pixel: of logits or probabilities (NHWC or NCHW, by the card's layout), or an index map as given."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from readiness.evidence.model import Card
from readiness_agent.answers import Mask
from readiness_agent.decoders import Mismatch, Outputs, Shape
from readiness_agent.geometry import Geometry


def classes(shapes: Sequence[Shape], card: Card) -> int | None:
    if len(shapes) != 1 or len(shapes[0]) not in {3, 4}:
        raise Mismatch(f"decoder 'argmax' reads one output of logits or an index map, the model gives {list(shapes)}")
    shape = shapes[0]
    if len(shape) == 3 or 1 in (shape[1], shape[3]):
        return None
    return shape[3] if card.input.layout == "nhwc" else shape[1]


def decode(outputs: Outputs, card: Card, geometry: Geometry, floor: float) -> Mask:
    """Give the frame-sized map of class rows, each frame pixel from the nearest output pixel."""
    table = outputs[0][0]
    rows = _single(table, card) if table.ndim == 2 or 1 in (table.shape[0], table.shape[2]) else _many(table, card)
    kept = np.ix_(_nearest(rows.shape[0], geometry, 1), _nearest(rows.shape[1], geometry, 0))
    return Mask(rows=rows[kept].astype(np.uint8 if len(card.classes) <= 256 else np.int32))


def _many(table: npt.NDArray[Any], card: Card) -> npt.NDArray[Any]:
    return np.asarray(table.argmax(axis=2 if card.input.layout == "nhwc" else 0))


def _single(table: npt.NDArray[Any], card: Card) -> npt.NDArray[Any]:
    """Read a single channel: class rows, or of two classes how likely the second is (activation sigmoid: a logit)."""
    if table.dtype.kind == "f" and len(card.classes) == 2:
        return np.asarray(table.squeeze() >= (0.0 if card.output.activation == "sigmoid" else 0.5))
    return np.asarray(np.rint(table).squeeze())


def _nearest(size: int, geometry: Geometry, axis: int) -> npt.NDArray[Any]:
    """Find for each frame pixel along an axis (0 is x) the output pixel that covers its centre."""
    centres = (np.arange(geometry.frame[axis]) + 0.5) * geometry.scale[axis] + geometry.offset[axis]
    return np.clip((centres * size / geometry.input[axis]).astype(np.intp), 0, size - 1)
