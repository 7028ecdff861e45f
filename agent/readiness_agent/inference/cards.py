"""Finds and reads a model's card."""

import glob
from pathlib import Path

from readiness import strict
from readiness.evidence.model import Card
from readiness.exits import Stop


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
