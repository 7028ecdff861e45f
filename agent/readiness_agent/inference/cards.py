"""Finds and reads a model's card; where there is none, the model file's own metadata has to say it all."""

import ast
import glob
from pathlib import Path
from typing import Any

import msgspec

from readiness import strict
from readiness.evidence.model import Card
from readiness.exits import Stop
from readiness_agent.runtimes import Unrunnable

_ULTRALYTICS = {
    "detect": ("detection", "yolo", "letterbox"),
    "classify": ("classification", "softmax", "crop"),
}


def find(model: Path, given: Path | None = None, shelf: Path | None = None, project: Path | None = None) -> Path | None:
    """Find the card of a model: the one given (a file, or a folder of cards), beside the model, then in `shelf`.

    Last come the folders named `cards` of `project`: its own, and those of its folders. Raises Stop when a card was
    given by name and is not there, or several fit; None leaves it to the file's own metadata.
    """
    name = f"{model.stem}.card.toml"
    if given is not None and not given.is_dir():
        if not given.is_file():
            raise Stop(f"{given}: no such card; name a file, or a folder that holds {name}")
        return given
    places = [folder / name for folder in (given, model.parent, shelf) if folder is not None]
    return next((place for place in places if place.is_file()), None) or _kept_in(project, name)


def _kept_in(project: Path | None, name: str) -> Path | None:
    patterns = (f"{folder}/{glob.escape(name)}" for folder in ("cards", "*/cards"))
    found = sorted(path for pattern in patterns for path in (project.glob(pattern) if project else ()))
    if len(found) > 1:
        raise Stop(f"{found[0]} and {found[1]} both fit; name the card with --card")
    return found[0] if found else None


def read(path: Path) -> Card:
    """Read one card strictly; raises strict.BadFile that names the file and the key at fault."""
    try:
        card = strict.parse(path.read_text(encoding="utf-8"), Card, str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise strict.BadFile(f"{path}: cannot be read: {error}") from None
    if (wrong := card.wrong()) is not None:
        raise strict.BadFile(f"{path}: {wrong}")
    return card


def from_metadata(said: dict[str, str], model: Path) -> Card:
    """Build a card from what Ultralytics writes into an ONNX file; raises Unrunnable naming the first missing key."""
    for key in ("task", "names", "imgsz"):
        if key not in said:
            raise Unrunnable(
                f"{model}: no card, and the file itself does not say '{key}'; write {model.stem}.card.toml beside it, "
                "keep it in a folder 'cards' here, or name it with --card or its folder with --cards or READINESS_CARDS"
            )
    if said["task"] not in _ULTRALYTICS:
        raise Unrunnable(f"{model}: its metadata says task '{said['task']}', which no decoder reads; write a card")
    task, decoder, resize = _ULTRALYTICS[said["task"]]
    try:
        names, size = ast.literal_eval(said["names"]), ast.literal_eval(said["imgsz"])
        classes = tuple(str(names[row]) for row in range(len(names)))
        height, width = (size, size) if isinstance(size, int) else size
    except (ValueError, SyntaxError, KeyError, TypeError):
        raise Unrunnable(f"{model}: its metadata 'names' or 'imgsz' cannot be read; write a card") from None
    how: dict[str, Any] = {"size": (width, height), "scale": 1 / 255, "resize": resize}
    return msgspec.convert(
        {"task": task, "classes": classes, "input": how, "output": {"decoder": decoder}, "confidence": 0.25}, Card
    )
