"""Dataset formats, one file each: reads label files and folders, never writes; `open_dataset` finds the right one."""

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol, cast

import msgspec

from readiness.evidence.model import Task
from readiness_coordinator.formats import door, layout, near_miss, places
from readiness_coordinator.formats.labelled import Annotation, Fault, Labelled, Mismatch, Picture, Unreadable
from readiness_coordinator.formats.version import digest

__all__ = ["Annotation", "Fault", "Format", "Labelled", "Picture", "Unreadable", "digest", "names", "open_dataset"]

_ANYTHING = 90


class Format(Protocol):
    """A module of this folder: a file that has these is a format, named after the file."""

    RANK: int  # formats are asked in this order; one that takes nearly anything stands last, at 90
    LOOKS_FOR: str  # what marks the format, for the line that says that nothing fitted

    def fits(self, path: Path) -> bool:
        """Tell whether what lies at `path` is of this format, by names and the heads or keys of label files."""

    def read(self, path: Path, images: Path | None, task: Task | None) -> Labelled:
        """Read the labels; raises Unreadable."""


def names() -> tuple[str, ...]:
    """Give the names of all formats, in the order in which they are asked."""
    return tuple(_formats())


def open_dataset(
    path: Path | str,
    *,
    format: str = "auto",  # noqa: A002 - named as the option is
    images: Path | str | None = None,
    task: Task | None = None,
) -> Labelled:
    """Read the labels of the dataset at `path`; `images` is where its pictures lie if not beside the labels.

    A text may be a URL (s3://, zip://, memory:// …); a Path is local, or a zip there. Where the first format that fits
    cannot read it, the next one that fits is tried, and the first's complaint becomes a fault. Raises Unreadable, with
    one line, when there is nothing there, nothing fits, the labels cannot be used, or they lead out of a door (see
    door.only).
    """
    formats = _formats()
    if format != "auto" and format not in formats:
        raise Unreadable(f"no format '{format}'; the formats are {', '.join(formats)}")
    home = layout.place(str(path))
    pictures = None if images is None else layout.place(str(images))
    try:
        read = _read(home, pictures, formats if format == "auto" else {format: formats[format]}, task)
    except Unreadable:
        raise
    except door.Outside as error:
        raise Unreadable(str(error)) from None
    except OSError as error:
        raise Unreadable(f"{error.filename or home}: cannot be read: {error.strerror or error}") from None
    except Exception as error:
        # Each remote file system fails with exceptions of its own; at home a stray one is our fault and goes up.
        if not places.is_remote(home):
            raise
        door.ask()
        what = str(error).strip() or type(error).__name__
        raise Unreadable(f"{home}: cannot be read: {what.splitlines()[0][:200]}") from None
    faults = sorted({*read.faults, *places.faults(home)})
    return msgspec.structs.replace(read, name=read.name or places.stem(home), faults=tuple(faults))


def _read(home: Path, images: Path | None, formats: dict[str, Format], task: Task | None) -> Labelled:
    for place in (home, images):
        if place is not None and not place.exists():
            raise Unreadable(f"{place}: no such file or folder")
    failed: Unreadable | None = None
    for chosen, inside in _fitting(home, list(formats.values())):
        try:
            read = chosen.read(inside.resolve(), images.resolve() if images else None, task)
        except Unreadable as error:  # noqa: PERF203 - one round per format that fits
            failed = failed or error
        else:
            return read if failed is None or isinstance(failed, Mismatch) else _despite(failed, home, read)
    if failed is not None:
        raise failed
    sought = "; ".join(f"{name}: {one.LOOKS_FOR}" for name, one in formats.items())
    miss = near_miss.words(home, lambda at: next((name for name, one in formats.items() if one.fits(at)), None))
    raise Unreadable(f"{home}: no dataset found: {miss}; looked for {sought}")


def _despite(failed: Unreadable, home: Path, read: Labelled) -> Labelled:
    where, _, what = layout.clean(str(failed)).removeprefix(f"{home.resolve()}/").partition(": ")
    fault = Fault(where, f"{what}; read as {read.format} instead")
    return msgspec.structs.replace(read, faults=(*read.faults, fault))


def _fitting(home: Path, formats: list[Format]) -> Iterator[tuple[Format, Path]]:
    """Give the formats that fit and where: at the place, or in the one folder that is all that a zip holds.

    The deepest such folder comes first. A format that takes nearly anything is given where no other fits; it would
    read what another cannot, as folders of images named train and val.
    """
    levels = [home]
    while places.is_remote(home) and (inside := layout.only_folder(levels[-1])) is not None:
        levels.append(inside)
    certain = [(one, level) for level in reversed(levels) for one in formats if one.RANK < _ANYTHING]
    given = 0
    for one, level in certain:
        if one.fits(level):
            given += 1
            yield one, level
    anything = [(one, level) for level in levels for one in formats if one.RANK >= _ANYTHING and one.fits(level)]
    if not given:
        yield from anything or ([(formats[0], home)] if len(formats) == 1 else [])


def _formats() -> dict[str, Format]:
    found = {}
    for module in pkgutil.iter_modules(__path__):
        loaded = importlib.import_module(f"{__name__}.{module.name}")
        if hasattr(loaded, "LOOKS_FOR"):
            found[module.name] = cast("Format", loaded)
    return dict(sorted(found.items(), key=lambda item: item[1].RANK))
