"""Which model predictions are of: what their run record says, checked against the file or digest that was named."""

from pathlib import Path

import msgspec

from readiness import canonical
from readiness.evidence.model import Card, Model
from readiness.exits import Stop
from readiness_coordinator import model_files


class Known(msgspec.Struct, frozen=True):
    """The model's digest, empty where nothing says it, and its record where a card is at hand."""

    digest: str = ""
    model: Model | None = None


def known(recorded: Model | None, named: str | None, card: Path | None) -> Known:
    """Bring the run record, `--model` and `--card` together. Raises Stop where they contradict each other."""
    asked = _named(named)
    if recorded and asked and asked.digest != recorded.digest:
        raise Stop(f"the predictions are of {recorded.digest}, --model is {asked.digest}; predict with that model")
    model = recorded or (asked.model if asked else None)
    if card and model:
        model = msgspec.structs.replace(model, card=_card(card))
    return Known(model.digest if model else asked.digest if asked else "", model)


def _named(named: str | None) -> Known | None:
    if named is None:
        return None
    path = Path(named)
    if not path.exists():
        if not named.startswith("sha256:"):
            raise Stop(f"--model {named}: no such file; give a model file or its digest (sha256:…)")
        return Known(named)
    try:
        return Known(canonical.digest_bytes(path.read_bytes()), model_files.read_model(path))
    except model_files.Unusable:
        return Known(canonical.digest_bytes(path.read_bytes()))
    except OSError as error:
        raise Stop(f"--model {named}: cannot be read: {error.strerror}") from None


def _card(path: Path) -> Card:
    try:
        return model_files.read_card(path, str(path))
    except model_files.Unusable as error:
        raise Stop(str(error)) from None
