"""One score per class: probabilities as the model gives them, or logits that the card's activation turns into them."""

from collections.abc import Sequence

import numpy as np

from readiness.evidence.model import Card
from readiness_agent.answers import Scores, activated
from readiness_agent.decoders import Mismatch, Outputs, Shape
from readiness_agent.geometry import Geometry


def classes(shapes: Sequence[Shape], card: Card) -> int | None:
    sizes = [size for size in shapes[0][1:] if size != 1] if shapes else []
    if len(shapes) != 1 or len(sizes) != 1:
        raise Mismatch(f"decoder 'softmax' reads one output [1, classes], the model gives {list(shapes)}")
    return sizes[0]


def decode(outputs: Outputs, card: Card, geometry: Geometry, floor: float) -> Scores:
    """Give every class its score; a classification is never cut at the floor."""
    return Scores(values=activated(outputs[0].ravel().astype(np.float64), card.output.activation))
