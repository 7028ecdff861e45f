"""Models behind Roboflow's inference server or hosted API, and what speaks its JSON: a picture in, objects out.

POST /PROJECT/VERSION with the picture in base64 as the body, or POST /infer/TASK?model_id=PROJECT/VERSION with a JSON
body, as https://docs.roboflow.com/deployment/legacy/legacy-serverless and
https://github.com/roboflow/inference (core/interfaces/http/routes) have them.
"""

import base64
from typing import Annotated, Any, TypeVar

import msgspec
import numpy as np

from readiness import canonical
from readiness.evidence.model import Card
from readiness_agent.endpoints.address import ROBOFLOW, Address
from readiness_agent.endpoints.remote import Remote
from readiness_agent.endpoints.transport import Transport
from readiness_agent.runtimes import Array, Port, Unrunnable, one_line

_LEAST = 0.01  # the least confidence that the server takes; what is surer than the caller's floor is chosen here
_MOST_BOXES = 300
T = TypeVar("T")
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]


class _Box(msgspec.Struct):
    """A detection: the centre and the size of its box in pixels of the picture that was sent."""

    x: float
    y: float
    width: float
    height: float
    confidence: Share
    name: str = msgspec.field(name="class")


class _Size(msgspec.Struct):
    width: float
    height: float


class _Detections(msgspec.Struct):
    predictions: tuple[_Box, ...]
    image: _Size | None = None


class _Named(msgspec.Struct):
    confidence: Share
    name: str = msgspec.field(name="class")


class _Confident(msgspec.Struct):
    confidence: Share


class _Classes(msgspec.Struct):
    """A classification: the classes in a list, or of several at once by name."""

    predictions: tuple[_Named, ...] | dict[str, _Confident]


class Roboflow(Remote):
    """A model that takes an encoded picture, of the card's input size, and answers by the names of its classes.

    `run` gives boxes (n, 4) float64 as x1 y1 x2 y2 in pixels of that picture, scores (n,) and rows (n,); of a
    classification one score for each of the card's classes, 0 for one that the answer leaves out.
    """

    version = "unknown"
    provider = ROBOFLOW

    def __init__(self, address: Address, transport: Transport, card: Card, key: str | None) -> None:
        if card.task == "segmentation":
            raise Unrunnable(f"{address.shown}: segmentation over Roboflow's JSON cannot be read; export the model")
        if card.output.decoder != ROBOFLOW:
            raise Unrunnable(f"{address.shown}: its answers are read by 'output.decoder = \"{ROBOFLOW}\"' in its card")
        super().__init__(address, transport)
        self._card, self._key = card, key
        width, height = card.input.size
        self.inputs = (Port(name="image", shape=(1, height, width, 3), dtype="uint8"),)
        self.outputs = (
            (
                Port(name="boxes", shape=(None, 4), dtype="float64"),
                Port(name="scores", shape=(None,), dtype="float64"),
                Port(name="rows", shape=(None,), dtype="int64"),
            )
            if card.task == "detection"
            else (Port(name="scores", shape=(len(card.classes),), dtype="float64"),)
        )
        self.digest = canonical.digest([ROBOFLOW, address.url({})])

    def run(self, batch: Array) -> list[Array]:
        """Send one encoded picture, shape (bytes,) uint8; raises CallFailed."""
        picture = base64.b64encode(batch.tobytes())
        body = self._posted_as_json(picture) if "/infer/" in self.address.path else self._posted(picture)
        if self._card.task == "classification":
            return [self._scores(self._read(body, _Classes))]
        return self._boxes(self._read(body, _Detections))

    def _posted(self, picture: bytes) -> bytes:
        said = {"confidence": str(_LEAST), "overlap": str(self._card.output.iou), "max_detections": str(_MOST_BOXES)}
        url = self.address.url(said | ({"api_key": self._key} if self._key else {}))
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.transport.call("POST", url, picture, headers).body

    def _posted_as_json(self, picture: bytes) -> bytes:
        said: dict[str, Any] = {"confidence": _LEAST, "iou_threshold": self._card.output.iou}
        said |= {"max_detections": _MOST_BOXES} | dict(self.address.query)
        said |= {"api_key": self._key} if self._key else {}
        body = msgspec.json.encode(said | {"image": {"type": "base64", "value": picture.decode("ascii")}})
        headers = {"Content-Type": "application/json"}
        return self.transport.call("POST", self.address.shown, body, headers).body

    def _read(self, body: bytes, kind: type[T]) -> T:
        try:
            return msgspec.json.decode(body, type=kind, strict=False)
        except (msgspec.DecodeError, RecursionError) as error:
            raise self.bad_answer(f"its answer cannot be read: {one_line(str(error))}") from None

    def _boxes(self, answer: _Detections) -> list[Array]:
        width, height = self._card.input.size
        if answer.image is not None and (answer.image.width, answer.image.height) != (width, height):
            said = f"{answer.image.width:g}x{answer.image.height:g}"
            raise self.bad_answer(f"it answers for a picture of {said}, one of {width}x{height} was sent")
        rows = np.array([self._row(box.name) for box in answer.predictions], dtype=np.int64)
        scores = np.array([box.confidence for box in answer.predictions], dtype=np.float64)
        table = np.array([(box.x, box.y, box.width, box.height) for box in answer.predictions], dtype=np.float64)
        table = table.reshape(-1, 4)
        half = table[:, 2:] / 2
        return [np.concatenate([table[:, :2] - half, table[:, :2] + half], axis=1), scores, rows]

    def _scores(self, answer: _Classes) -> Array:
        scores = np.zeros(len(self._card.classes))
        said = answer.predictions
        named = said.items() if isinstance(said, dict) else ((one.name, one) for one in said)
        for name, one in named:
            scores[self._row(name)] = one.confidence
        return scores

    def _row(self, name: str) -> int:
        try:
            return self._card.classes.index(name)
        except ValueError:
            shown = one_line(name)
            raise self.bad_answer(f"it answers class '{shown}', which 'classes' in its card does not list") from None
