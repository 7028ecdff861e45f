"""Dataset formats, one file each: reads label files and folders, never writes; `open_dataset` finds the right one."""

import importlib
import pkgutil
from pathlib import Path
from typing import Protocol, cast

from readiness.evidence.model import Task
from readiness_coordinator.formats.labelled import Annotation, Fault, Labelled, Picture, Unreadable
from readiness_coordinator.formats.version import digest

__all__ = ["Annotation", "Fault", "Format", "Labelled", "Picture", "Unreadable", "digest", "names", "open_dataset"]


class Format(Protocol):
    """A module of this folder: a file that has these is a format, named after the file."""

    RANK: int  # formats are asked in this order; one that takes nearly anything stands last
    LOOKS_FOR: str  # what marks the format, for the line that says that nothing fitted

    def fits(self, path: Path) -> bool:
        """Tell whether `path` looks like this format, by names alone."""

    def read(self, path: Path, images: Path | None, task: Task | None) -> Labelled:
        """Read the labels; raises Unreadable."""


def names() -> tuple[str, ...]:
    """Give the names of all formats, in the order in which they are asked."""
    return tuple(_formats())


def open_dataset(
    path: Path,
    *,
    format: str = "auto",  # noqa: A002 - named as the option is
    images: Path | None = None,
    task: Task | None = None,
) -> Labelled:
    """Read the labels of the dataset at `path`; `images` is where its pictures lie if not beside the labels.

    Raises Unreadable, with one line, when there is nothing there, nothing fits, or the labels cannot be used.
    """
    formats = _formats()
    for place in (path, images):
        if place is not None and not place.exists():
            raise Unreadable(f"{place}: no such file or folder")
    if format != "auto" and format not in formats:
        raise Unreadable(f"no format '{format}'; the formats are {', '.join(formats)}")
    try:
        chosen = formats.get(format) or next((one for one in formats.values() if one.fits(path)), None)
        if chosen is None:
            sought = "; ".join(f"{name}: {one.LOOKS_FOR}" for name, one in formats.items())
            raise Unreadable(f"{path}: no dataset found; looked for {sought}")
        return chosen.read(path.resolve(), images.resolve() if images else None, task)
    except OSError as error:
        raise Unreadable(f"{error.filename or path}: cannot be read: {error.strerror}") from None


def _formats() -> dict[str, Format]:
    found = {}
    for module in pkgutil.iter_modules(__path__):
        loaded = importlib.import_module(f"{__name__}.{module.name}")
        if hasattr(loaded, "LOOKS_FOR"):
            found[module.name] = cast("Format", loaded)
    return dict(sorted(found.items(), key=lambda item: item[1].RANK))
