"""A candidate model: its file by digest, and the card that says how to feed and read it."""

from typing import Literal

import msgspec

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
    """Which decoder reads the outputs, and its parameters."""

    decoder: str
    iou: float = 0.45
    activation: Literal["none", "softmax", "sigmoid"] = "none"
    strides: tuple[int, ...] = (8, 16, 32)
    class_offset: int = 0


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


class Model(msgspec.Struct, frozen=True, kw_only=True):
    """A model file, named by the SHA-256 of its bytes; `head_classes` is what the file's own output shape says."""

    name: str
    digest: str
    format: Literal["onnx", "tflite", "http"]
    size_mib: float
    card: Card
    train_id: str = ""
    head_classes: int | None = None
