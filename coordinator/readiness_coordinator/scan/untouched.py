"""The user's files stay as they are: refuses, before the long work, to write where a dataset lies."""

import contextlib
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from readiness.exits import Stop
from readiness_coordinator.formats.labelled import Labelled
from readiness_coordinator.formats.places import is_remote


def refuse(dataset: str, labelled: Labelled, places: Iterable[Path], inputs: Sequence[Path] = ()) -> None:
    """Raise Stop for the first place that is one of the dataset's files or lies in its folders, linked ones too.

    So too for one of the `inputs`, files or folders that are read besides, but for a place that is given as both.
    Beside a COCO file that is scanned by itself anything may lie, for nothing else there is read but its pictures.
    """
    given = Path(dataset).resolve()
    alone = given.is_file() and labelled.format == "coco"
    folder = given if given.is_dir() else labelled.root
    trees, beside = {given}, set[Path]()
    if not alone and not is_remote(folder):
        trees.update(_trees(folder.resolve()))
        beside.update(_beside(labelled))
    taken: set[Path] = set()
    for place in places:
        real = place.resolve()
        if real in taken:
            raise Stop(f"{place}: is named for two outputs, of which one would be lost; name another place")
        taken.add(real)
        if not trees.isdisjoint({real, *real.parents}) or real.parent in beside or _is_picture(real, labelled):
            raise Stop(f"{place}: lies in the dataset, which is never written to; name a place outside")
        for read in (one for one in inputs if one is not place):
            if read.resolve() in {real, *real.parents} or _is_file(real, read):
                raise Stop(f"{place}: is read by this scan ({read}), and would be written over; name another place")


def _trees(home: Path) -> Iterator[Path]:
    """Give the dataset's folder and what links in it lead to; a link back up leads to nothing more."""
    yield home
    left = [str(home)]
    while left:
        with contextlib.suppress(OSError), os.scandir(left.pop()) as found:
            for entry in found:
                if not entry.is_symlink():
                    left += [entry.path] if entry.is_dir() else []
                elif not home.is_relative_to(there := Path(os.path.realpath(entry.path))):
                    yield there


def _beside(labelled: Labelled) -> Iterator[Path]:
    """Give the folders that pictures lie in, which may be anywhere, and where YOLO has their labels."""
    for parent in {os.path.dirname(str(one.file)) for one in labelled.pictures}:  # noqa: PTH120 - no path object each
        there = os.path.realpath(parent)
        yield from map(Path, (there, "/labels/".join(f"{there}/".rsplit("/images/", 1))))


def _is_picture(real: Path, labelled: Labelled) -> bool:
    """Tell whether a file that is there is one of the pictures, under whatever name."""
    try:
        status = real.stat()
    except OSError:
        return False
    return any(_same(status, str(file)) for one in labelled.pictures for file in (one.file, one.mask) if file)


def _is_file(real: Path, other: Path) -> bool:
    try:
        return _same(real.stat(), str(other))
    except OSError:
        return False


def _same(status: os.stat_result, file: str) -> bool:
    try:
        return os.path.samestat(status, os.stat(file))  # noqa: PTH116 - of each picture, no path object
    except (OSError, ValueError):
        return False
