"""What tests of endpoints call them with: two cards, a frame, and the ways to open one and to see it fail."""

from typing import Any

import numpy as np
import pytest

from readiness.evidence.model import Card, CardInput, CardOutput
from readiness_agent.inference.session import Inference, open_called
from readiness_agent.runtimes import CallFailed
from servers import Server

CARD = Card(
    task="classification",
    classes=("red", "green", "blue"),
    input=CardInput(size=(8, 8), scale=1 / 255),
    output=CardOutput(decoder="softmax"),
    confidence=0.3,
)
SEEN = Card(
    task="detection",
    classes=("bolt", "nut"),
    input=CardInput(size=(64, 48), resize="letterbox"),
    output=CardOutput(decoder="roboflow", iou=0.5),
    confidence=0.3,
)
FRAME = np.random.default_rng(7).integers(0, 256, (30, 40, 3), dtype=np.uint8)


def opened(url: str, card: Card | None = CARD, timeout_s: float = 5.0, retries: int = 0, **more: Any) -> Inference:
    return open_called(url, card, timeout_s=timeout_s, retries=retries, **more)[0]


def parts(server: Server, **how: Any) -> Inference:
    return opened(f"{server.url}/v2/models/parts", **how)


def failing(inference: Inference) -> CallFailed:
    with pytest.raises(CallFailed) as failed:
        inference.answer(FRAME, 0.1)
    assert "\n" not in str(failed.value)
    return failed.value
