"""A card made of what the model file says of itself, for a model that has none; what stays unknown is named."""

import ast
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from readiness.evidence.model import Card
from readiness_agent.decoders import Shape
from readiness_agent.inference import tflite_metadata
from readiness_agent.inference.tflite_metadata import Said
from readiness_agent.runtimes import Port, Runtime, Unrunnable

_TASKS = {"detect": ("detection", "letterbox"), "classify": ("classification", "crop")}
_LEAST = 0.25  # the confidence from which Ultralytics' own `predict` answers
_SUFFIX = ".tflite"


def of_file(loaded: Runtime, model: Path) -> Card:
    """Build a card from the metadata that Ultralytics and YOLOv5 write, or from TFLite's own.

    Raises Unrunnable that names the first key that the file does not say.
    """
    data = model.read_bytes() if model.suffix.lower() == _SUFFIX else b""
    said = dict(loaded.metadata) or _attached(data)
    if data and "names" not in said:
        card = _of_tflite(tflite_metadata.read(data), loaded, model)
    elif "task" not in said and "names" in said and _is_yolov5(loaded):
        card = _of_yolov5(said, loaded, model)
    else:
        card = _of_ultralytics(said, loaded, model)
    try:
        made = msgspec.convert(card, Card)
    except msgspec.ValidationError:
        raise _unreadable(model) from None
    if (wrong := made.wrong()) is not None:
        raise Unrunnable(f"{model}: no card, and by its metadata {wrong}; write a card")
    return made


def _attached(data: bytes) -> dict[str, str]:
    """Read the metadata that Ultralytics appends to a TFLite file, as JSON or as Python writes a dictionary."""
    for text in tflite_metadata.attached(data).values():
        for reads in (json.loads, ast.literal_eval):
            try:
                found = reads(text)
            except (ValueError, SyntaxError, MemoryError, RecursionError):
                continue
            if isinstance(found, dict) and "names" in found:
                return {str(key): str(value) for key, value in found.items()}
    return {}


def _of_ultralytics(said: Mapping[str, str], loaded: Runtime, model: Path) -> dict[str, Any]:
    for key in ("task", "names", "imgsz"):
        if key not in said:
            raise _unsaid(model, key)
    if said["task"] not in _TASKS:
        raise Unrunnable(f"{model}: its metadata says task '{said['task']}', which no decoder reads; write a card")
    task, resize = _TASKS[said["task"]]
    size = _literal(said["imgsz"], model)
    sides = (size, size) if isinstance(size, int) else size
    if not isinstance(sides, list | tuple) or len(sides) != 2:
        raise _unreadable(model)
    decoder = "softmax" if task == "classification" else _yolo([port.shape for port in loaded.outputs])
    how = {"size": tuple(sides[::-1]), "scale": 1 / 255, "resize": resize}
    return _card(said, model, task, decoder, how)


def _of_yolov5(said: Mapping[str, str], loaded: Runtime, model: Path) -> dict[str, Any]:
    """Of YOLOv5's own export, which says names and stride alone: the rest is in the shapes."""
    shape = loaded.inputs[0].shape
    if len(shape) != 4 or None in shape:
        raise _unsaid(model, "imgsz")
    return _card(said, model, "detection", "yolov5", {"size": _size(shape), "scale": 1 / 255, "resize": "letterbox"})


def _card(said: Mapping[str, str], model: Path, task: str, decoder: str, how: dict[str, Any]) -> dict[str, Any]:
    names = _literal(said["names"], model)
    if not isinstance(names, dict | list):
        raise _unreadable(model)
    named = {str(row): name for row, name in (names.items() if isinstance(names, dict) else enumerate(names))}
    try:
        classes = tuple(str(named[str(row)]) for row in range(len(named)))
    except KeyError:
        raise _unreadable(model) from None
    output: dict[str, Any] = {"decoder": decoder}
    if model.suffix.lower() == _SUFFIX:
        how = how | {"layout": "nhwc"}
        output |= {"coordinates": "relative"} if task == "detection" else {}
    return {"task": task, "classes": classes, "input": how, "output": output, "confidence": _LEAST}


def _of_tflite(said: Said, loaded: Runtime, model: Path) -> dict[str, Any]:
    """Of TFLite's own metadata; its task library stretches every image to the input."""
    if said.labels is None:
        raise _unsaid(model, "classes")
    port = loaded.inputs[0]
    if len(port.shape) != 4 or None in port.shape:
        raise _unsaid(model, "input.size")
    if said.colour is None:
        raise _unsaid(model, "input.colour")
    layout = "nhwc" if port.shape[3] in {1, 3} else "nchw"
    how: dict[str, Any] = {"size": _size(port.shape), "layout": layout, "colour": said.colour}
    if np.dtype(port.dtype) != np.uint8:
        if said.mean is None or said.std is None:
            raise _unsaid(model, "input.mean")
        how |= {"mean": said.mean, "std": said.std}
    known = _known_head(loaded.outputs, len(said.labels))
    if known is None:
        raise _unsaid(model, "output.decoder")
    if said.threshold is None and known[0] != "segmentation":
        raise _unsaid(model, "confidence")
    return {
        "task": known[0],
        "classes": said.labels,
        "input": how,
        "output": {"decoder": known[1]},
        "confidence": 0.5 if said.threshold is None else said.threshold,
        "licence": said.licence,
    }


def _known_head(outputs: tuple[Port, ...], labels: int) -> tuple[str, str] | None:
    """Tell task and decoder of outputs that can be nothing else."""
    shapes = [port.shape for port in outputs]
    if len(shapes) == 4 and shapes[0][-1:] == (4,):
        return "detection", "ssd"
    if len(shapes) == 1 and shapes[0][-1:] == (labels,):
        return {2: ("classification", "softmax"), 4: ("segmentation", "argmax")}.get(len(shapes[0]))
    return None


def _yolo(shapes: list[Shape]) -> str:
    """Tell an end-to-end head, [1, n, 6], from one whose overlaps are to be suppressed."""
    return "yolo_nms" if len(shapes) == 1 and len(shapes[0]) == 3 and shapes[0][2] == 6 else "yolo"


def _is_yolov5(loaded: Runtime) -> bool:
    return len(loaded.outputs) == 1 and len(loaded.outputs[0].shape) == 3


def _size(shape: Shape) -> tuple[int | None, ...]:
    """Give width and height of an input, whichever of its axes holds the channels."""
    return (shape[2], shape[1]) if shape[3] in {1, 3} else (shape[3], shape[2])


def _literal(text: str, model: Path) -> object:
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        raise _unreadable(model) from None


def _unsaid(model: Path, key: str) -> Unrunnable:
    return Unrunnable(
        f"{model}: no card, and the file itself does not say '{key}'; write {model.stem}.card.toml beside it, "
        "keep it in a folder 'cards' here, or name it with --card or its folder with --cards or READINESS_CARDS"
    )


def _unreadable(model: Path) -> Unrunnable:
    return Unrunnable(f"{model}: its metadata 'names' or 'imgsz' cannot be read; write a card")
