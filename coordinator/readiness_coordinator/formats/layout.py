"""How datasets lie on a disk: which files are images, what a folder's name says of its split, one-line read errors."""

import math
import os
import posixpath
import re
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import cast

from readiness_coordinator.formats.labelled import Unreadable
from readiness_coordinator.formats.places import MOST_BYTES, admit, is_named, is_remote, place, regular_bytes, remote

__all__ = ["admit", "place", "regular_bytes"]

IMAGE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff"})
ALL = "all"
UNASSIGNED = "unassigned"
SPLITS = ("train", "val", "test")
FARTHEST = 1e12
_LONGEST_TEXT = 64 << 20
_MOST_KEPT = 1 << 18
_kept: dict[float, float] = {}
_WORDS = {
    "train": "train",
    "training": "train",
    "val": "val",
    "valid": "val",
    "validation": "val",
    "dev": "val",
    "test": "test",
    "testing": "test",
}


def split_of(text: str) -> str | None:
    """Read the split out of a file or folder name: `instances_val2017` is val, `valid` too; None if it says none."""
    words = re.findall(r"[a-z]+", text.lower())
    return next((_WORDS[word] for word in words if word in _WORDS), None)


def is_image(path: PurePath) -> bool:
    return path.suffix.lower() in IMAGE_SUFFIXES and not path.name.startswith(".")


def images_under(folder: Path) -> Iterator[Path]:
    """Give every image file under `folder`, folder by folder; hidden files and folders are left out."""
    return (path for path in files_under(folder) if is_image(path))


def files_under(folder: Path) -> Iterator[Path]:
    """Give every file under `folder`, in name order within each folder; hidden files and folders are left out.

    Linked folders are followed as training tools do, once each and never back up, so that a loop of links ends.
    """
    if is_remote(folder):
        inside = sorted(entries(folder).items())
        yield from (folder / name for name, is_folder in inside if not is_folder)
        for name in (name for name, is_folder in inside if is_folder):
            yield from files_under(folder / name)
        return
    home = folder.resolve()
    seen = {home}
    for here, folders, files in os.walk(folder, onerror=_refuse, followlinks=True):
        admit(Path(here))
        folders[:] = [name for name in sorted(folders) if not _hidden(name) and _is_new(Path(here, name), home, seen)]
        yield from (Path(here, name) for name in sorted(files) if not _hidden(name))


def _is_new(folder: Path, home: Path, seen: set[Path]) -> bool:
    if not folder.is_symlink():
        return True
    try:
        target = folder.resolve(strict=True)
    except (OSError, RuntimeError):
        return False
    if target in seen or home.is_relative_to(target) or target.is_relative_to(home):
        return False
    seen.add(target)
    return True


def files_in(folder: Path, *endings: str) -> list[Path]:
    """Give the files that lie directly in `folder` and end so, in name order; none where there is no such folder."""
    return _inside(folder, endings, folders=False) if folder.is_dir() else []


def folders_in(folder: Path) -> list[Path]:
    """Give the folders that lie directly in `folder`, in name order, but for hidden ones and links back up."""
    return [inside for inside in _inside(folder, ("",), folders=True) if not leads_up(inside)]


def leads_up(folder: Path) -> bool:
    """Tell whether a link leads to a folder that holds it: what is there would count once more, under its name."""
    return not is_remote(folder) and folder.is_symlink() and folder.parent.resolve().is_relative_to(folder.resolve())


def entries(folder: Path) -> dict[str, bool]:
    """Give what lies directly in `folder`, but for what is hidden: the name, and whether it is a folder.

    What is neither a folder nor a file, as a link to nothing, is left out.
    """
    admit(folder)
    there = remote(folder)
    if there is not None:
        # In one listing: to ask path by path costs a request, or a path object, for each.
        listed = {str(one["name"]).rstrip("/"): one["type"] for one in there.fs.ls(there.path, detail=True)}
        named = {name.rpartition("/")[2]: said == "directory" for name, said in listed.items()}
        own = there.path.rstrip("/").rpartition("/")[2] if there.path.rstrip("/") in listed else None
        return {name: is_folder for name, is_folder in named.items() if name and name != own and not _hidden(name)}
    with os.scandir(folder) as found:
        kinds = {one.name: _is_folder(one) for one in found if not _hidden(one.name)}
    return {name: is_folder for name, is_folder in kinds.items() if is_folder is not None}


def _is_folder(entry: os.DirEntry[str]) -> bool | None:
    try:
        return entry.is_dir() or (False if entry.is_file() else None)
    except OSError:  # a link to itself
        return None


def _inside(folder: Path, endings: tuple[str, ...], *, folders: bool) -> list[Path]:
    named = sorted(name for name, is_folder in entries(folder).items() if is_folder == folders)
    return [folder / name for name in named if name.lower().endswith(endings)]


def only_folder(folder: Path) -> Path | None:
    """Give the one folder that is all that a folder holds, unless its name is that of a split."""
    if not folder.is_dir():
        return None
    inside = entries(folder)
    name = next(iter(inside), "")
    return folder / name if len(inside) == 1 and inside[name] and split_of(name) is None else None


def joined(root: Path, text: str) -> Path | None:
    """Follow a path that a label file gives, `..` and all but no links; None where it leads out of a zip or URL."""
    there = remote(root)
    if there is None:
        return Path(os.path.normpath(root / text))
    steps = posixpath.normpath(text).split("/")
    while steps and steps[0] == ".." and there.parent.path != there.path:
        there, steps = there.parent, steps[1:]
    return None if steps and steps[0] in {"", ".."} else cast("Path", there.joinpath(*steps))


def exists(path: Path) -> bool:
    """Tell whether there is something; a name that no file system takes is not there, where pathlib raises.

    Neither is what a door keeps out by its name; a link that leads out raises door.Outside.
    """
    if not is_named(path):
        return False
    admit(path)
    return path.exists() if is_remote(path) else os.path.exists(path)  # noqa: PTH110 - pathlib raises on odd names


def name_under(root: Path, file: Path) -> str:
    """Name a file by its posix path from `root`, with `..` where it lies outside."""
    there, base = remote(file), remote(root)
    whole, start = (there.path, base.path) if there is not None and base is not None else (str(file), str(root))
    start = start.rstrip("/") + "/" if start else ""
    if whole.startswith(start) and "/.." not in whole:
        return clean(whole[len(start) :])
    return clean(os.path.relpath(whole, start or "."))


def _hidden(name: str) -> bool:
    return name.startswith(".") or name == "__MACOSX"


def clean(text: str) -> str:
    """Escape what no JSON can carry: the lone surrogates of undecodable file names and of careless escapes."""
    return text.encode("utf-8", "backslashreplace").decode()


def read_bytes(path: Path, most: int = MOST_BYTES) -> bytes:
    """Read a label file of at most `most` bytes; raises Unreadable that names it."""
    try:
        data = regular_bytes(path, min(most, MOST_BYTES) + 1)
    except OSError as error:
        raise Unreadable(f"{path}: cannot be read: {error.strerror}") from None
    if len(data) > most:
        raise Unreadable(f"{path}: over {most:,} bytes, which is too long for a label file of its kind")
    return data


def read_text(path: Path, most: int = _LONGEST_TEXT) -> str:
    """Read a text label file as UTF-8 with or without a byte order mark; raises Unreadable that names it."""
    try:
        text = read_bytes(path, most).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(f"{path}: not UTF-8 text (byte {error.start})") from None
    if "\0" in text:
        raise Unreadable(f"{path}: not text, it holds a NUL")
    return text


def finite(value: object) -> float:
    """Read a number of a label file; raises ValueError in plain words for what is none, NaN or infinite."""
    # Asked millions of times, nearly always of a plain number that was seen before.
    if type(value) is float and (known := _kept.get(value)):
        return known
    if value is None or isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise ValueError(f"'{value}' is no number")
    if not isinstance(value, str) and -FARTHEST <= value <= FARTHEST:
        return _once(float(value))
    try:
        number = float(value)
    except (ValueError, OverflowError):
        raise ValueError(f"'{str(value)[:40]}' is no number") from None
    if not math.isfinite(number):
        raise ValueError(f"'{value}' is not finite")
    if abs(number) > FARTHEST:
        raise ValueError(f"'{value}' is out of any image")
    return _once(number)


def _once(number: float) -> float:
    """Give the one float kept of this value: coordinates recur by the million, each 24 bytes. -0 stays apart from 0."""
    if len(_kept) >= _MOST_KEPT:
        _kept.clear()
    return _kept.setdefault(number, number) if number else number


def _refuse(error: OSError) -> None:
    # os.walk would leave the folder out in silence, and with it its images.
    raise error
