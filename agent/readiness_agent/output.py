"""Writes a command's report, and refuses a path that cannot be meant, in one line."""

import sys
from pathlib import Path
from typing import Any

import msgspec

from readiness.exits import UNAVAILABLE, Stop


def write_json(report: Any, where: str) -> None:
    """Write a report as indented JSON to a file, or to stdout for `-`; raises Stop when the file cannot be written."""
    data = msgspec.json.format(msgspec.json.encode(report)) + b"\n"
    if where == "-":
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    try:
        Path(where).write_bytes(data)
    except OSError as error:
        raise Stop(f"{where}: cannot be written: {error.strerror}", UNAVAILABLE) from None


def write_text(text: str, where: Path) -> None:
    """Write a page as UTF-8; raises Stop when the file cannot be written."""
    try:
        where.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Stop(f"{where}: cannot be written: {error.strerror}", UNAVAILABLE) from None


def printable(name: str) -> str:
    r"""Give a file name as UTF-8 text; its bytes that are none stand escaped, as in `\xff`."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def require_place(path: str | Path | None) -> None:
    """Raise Stop, before any work is done, when a file to be written would have no folder."""
    if path is not None and not Path(path).absolute().parent.is_dir():
        raise Stop(f"{path}: its folder does not exist; make it first")


def require_folder(path: Path, option: str) -> None:
    """Raise Stop when an option names no folder, or none that can be looked at."""
    try:
        found = path.is_dir()
    except OSError as error:
        raise Stop(f"{str(path)[:200]}: {(error.strerror or 'unusable').lower()} ({option})") from None
    if not found:
        raise Stop(f"{path}: no such folder ({option})")
