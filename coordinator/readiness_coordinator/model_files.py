"""A model file on the server as a record: its digest, size and format, and the card beside it."""

from pathlib import Path
from typing import Literal

from readiness import canonical, strict
from readiness.evidence.model import Card, Model

_FORMATS: dict[str, Literal["onnx", "tflite"]] = {".onnx": "onnx", ".tflite": "tflite"}
_MIB = 1 << 20


class Unusable(Exception):
    """A model file or its card cannot be read; the message is one line that says what to do."""


def read_model(path: Path) -> Model:
    """Describe the model at `path` by its bytes and NAME.card.toml; what only a runtime can tell stays open."""
    if (form := _FORMATS.get(path.suffix.lower())) is None:
        raise Unusable(f"{path.name}: no model file; expected {' or '.join(_FORMATS)}")
    card = path.with_name(f"{path.stem}.card.toml")
    try:
        data = path.read_bytes()
        text = card.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        missing = isinstance(error, FileNotFoundError)
        raise Unusable(f"{card.name}: {'write this card beside the model' if missing else error}") from None
    try:
        said = strict.parse(text, Card, card.name)
    except strict.BadFile as error:
        raise Unusable(str(error)) from None
    return Model(name=path.stem, digest=canonical.digest_bytes(data), format=form, size_mib=len(data) / _MIB, card=said)
