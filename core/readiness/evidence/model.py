"""A candidate model: its file by digest, and the card that says how to feed and read it."""

from typing import Literal

import msgspec

from readiness import canonical

_HUGE = 1e9

Task = Literal["detection", "segmentation", "classification"]


class CardInput(msgspec.Struct, frozen=True, kw_only=True):
    """How a frame becomes the model's input: resize to `size` (width, height), then (x * scale - mean) / std."""

    size: tuple[int, int]
    layout: Literal["nchw", "nhwc"] = "nchw"
    colour: Literal["rgb", "bgr", "grey"] = "rgb"
    scale: float = 1.0
    mean: tuple[float, ...] = (0.0,)
    std: tuple[float, ...] = (1.0,)
    resize: Literal["letterbox", "stretch", "crop"] = "stretch"
    anchor: Literal["centre", "top-left"] = "centre"
    pad: int = 114
    interpolation: Literal["linear", "area"] = "linear"


class CardOutput(msgspec.Struct, frozen=True, kw_only=True):
    """Which decoder reads the outputs, and its parameters.

    `coordinates` is of the heads that come both ways: boxes as shares of the input, where unset in its pixels.
    """

    decoder: str
    iou: float = 0.45
    activation: Literal["none", "softmax", "sigmoid"] = "none"
    strides: tuple[int, ...] = (8, 16, 32)
    class_offset: int = 0
    # Unset it is not written, so that the readings of older cards keep their names.
    coordinates: Literal["relative"] | msgspec.UnsetType = msgspec.UNSET


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """What `NAME.card.toml` says of a model; `classes` is in the order of the model's head."""

    task: Task
    classes: tuple[str, ...]
    input: CardInput
    output: CardOutput
    confidence: float
    licence: str = ""
    trained_on: str = ""
    notes: str = ""

    def reading(self) -> str:
        """Name how the file is fed and read: two cards that differ here make two models of one file."""
        return canonical.digest([self.task, self.classes, self.input, self.output])

    def wrong(self) -> str | None:
        """Say which key has a value that no model can mean, and what it wants; None for a sensible card."""
        how, channels = self.input, 1 if self.input.colour == "grey" else 3
        wanted = f"needs {'one value' if channels == 1 else '1 or 3 values'}"
        finite = {"input.scale": (how.scale,), "input.mean": how.mean, "input.std": how.std}
        faults = {
            "classes": "is empty; list the classes in the order of the model's head" * (not self.classes),
            "input.size": "must be above 0" * (min(how.size) <= 0),
            "input.scale": "must not be 0" * (how.scale == 0),
            "input.mean": wanted * (len(how.mean) not in {1, channels}),
            "input.std": f"{wanted}, none of them 0" * (len(how.std) not in {1, channels} or 0 in how.std),
            "confidence": "lies between 0 and 1" * (not 0 <= self.confidence <= 1),
            "output.iou": "lies between 0 and 1" * (not 0 < self.output.iou <= 1),
            "output.strides": "must be above 0" * (any(stride <= 0 for stride in self.output.strides)),
            **{
                key: "is no number that a pixel can be scaled by"
                for key, numbers in finite.items()
                if not all(abs(number) < _HUGE for number in numbers)
            },
        }
        return next((f"'{key}' {words}" for key, words in faults.items() if words), None)


class Model(msgspec.Struct, frozen=True, kw_only=True):
    """A model file, named by the SHA-256 of its bytes; `head_classes` is what its own output shape says.

    An endpoint (`http`) has no file and no size: its digest is of its URL and of what it says of itself, which proves
    no bytes.
    """

    name: str
    digest: str
    format: Literal["onnx", "tflite", "http"]
    size_mib: float | None = None
    card: Card
    train_id: str = ""
    head_classes: int | None = None
