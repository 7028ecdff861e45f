"""The shelf of decoders: one file each, named by the card's `output.decoder`; each reads a model's outputs."""

import importlib
import pkgutil
from collections.abc import Sequence
from typing import Any, Protocol, cast

import numpy as np
import numpy.typing as npt

from readiness.evidence.model import Card
from readiness_agent.answers import Answer
from readiness_agent.geometry import Geometry

Outputs = Sequence[npt.NDArray[Any]]
Shape = tuple[int | None, ...]


class Mismatch(ValueError):
    """The outputs are not those that the card's decoder reads; the message says what was wanted."""


class Decoder(Protocol):
    """A decoder file; integer outputs with a quantisation come dequantised."""

    def classes(self, shapes: Sequence[Shape], card: Card) -> int | None:
        """Count the classes of the head by its output shapes, None when they do not say; raises Mismatch."""

    def decode(self, outputs: Outputs, card: Card, geometry: Geometry, floor: float) -> Answer:
        """Read the outputs of one frame; detections below `floor` are dropped."""


def open_decoder(name: str) -> Decoder:
    """Find a decoder by name; raises Mismatch that lists those that exist."""
    known = sorted(module.name for module in pkgutil.iter_modules(__path__))
    if name not in known:
        raise Mismatch(f"no decoder '{name}'; 'output.decoder' is one of {', '.join(known)}")
    return cast("Decoder", importlib.import_module(f"{__name__}.{name}"))


def in_pixels(boxes: npt.NDArray[Any], card: Card, geometry: Geometry) -> npt.NDArray[Any]:
    """Give boxes (n, 4) in input pixels; of a card with `output.coordinates` relative they come as shares of the input.

    Ultralytics' TFLite files give shares, its ONNX files pixels.
    """
    return boxes * np.array(geometry.input * 2) if card.output.coordinates == "relative" else boxes
