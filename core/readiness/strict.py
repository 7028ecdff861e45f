"""Hand-written TOML to a record, strictly: an unknown, missing or mistyped key is named with its file."""

import sys
from typing import Any, TypeVar

import msgspec

if sys.version_info >= (3, 11):
    import tomllib
else:  # pragma: no cover - the device's Python 3.10
    import tomli as tomllib

T = TypeVar("T")


class BadFile(ValueError):
    """A file cannot be used; the message says which file, which key, and what is wanted."""


def parse(text: str, kind: type[T], source: str) -> T:
    """Read TOML `text` into a record of `kind`; `source` is the name that an error gives.

    Raises BadFile on TOML that does not parse, on a missing or mistyped key, and on a key nobody reads.
    """
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadFile(f"{source}: not valid TOML: {error}") from None
    try:
        record = msgspec.convert(raw, kind)
    except msgspec.ValidationError as error:
        raise BadFile(f"{source}: {_plain(str(error))}") from None
    stray = _stray(raw, msgspec.to_builtins(record), "")
    if stray:
        raise BadFile(f"{source}: unknown key '{stray}'; remove it or correct its spelling")
    return record


def _plain(message: str) -> str:
    """Turn msgspec's `$.a.b` path into the dotted key that stands in the file."""
    return message.replace("Object missing required field", "missing key").replace("`$.", "`").replace("`", "'")


def _stray(raw: Any, read: Any, path: str) -> str | None:
    if isinstance(raw, dict) and isinstance(read, dict):
        for key, value in raw.items():
            here = f"{path}.{key}" if path else key
            found = here if key not in read else _stray(value, read[key], here)
            if found:
                return found
    if isinstance(raw, list) and isinstance(read, (list, tuple)):
        for index, (mine, theirs) in enumerate(zip(raw, read, strict=False)):
            found = _stray(mine, theirs, f"{path}[{index}]")
            if found:
                return found
    return None
