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
    if not card.is_file():
        raise Unusable(f"{card.name}: write this card beside the model")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Unusable(f"{path.name}: cannot be read: {error.strerror}") from None
    if not data:
        raise Unusable(f"{path.name}: is empty")
    said = read_card(card, card.name)
    return Model(name=path.stem, digest=canonical.digest_bytes(data), format=form, size_mib=len(data) / _MIB, card=said)


def read_card(path: Path, called: str) -> Card:
    """Read a model card, named `called` where it is at fault. Raises Unusable."""
    try:
        card = strict.parse(path.read_text(encoding="utf-8"), Card, called)
    except OSError as error:
        raise Unusable(f"{called}: cannot be read: {error.strerror}") from None
    except (UnicodeDecodeError, strict.BadFile) as error:
        raise Unusable(str(error) if isinstance(error, strict.BadFile) else f"{called}: not UTF-8 text") from None
    if (wrong := card.wrong()) is not None:
        raise Unusable(f"{called}: {wrong}")
    return card
