"""How datasets lie on a disk: which files are images, what a folder's name says of its split, one-line read errors."""

import errno
import math
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

from readiness_coordinator.formats.labelled import Unreadable

IMAGE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff"})
ALL = "all"
UNASSIGNED = "unassigned"
SPLITS = ("train", "val", "test")
_FARTHEST = 1e12
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


def is_image(path: Path) -> bool:
    return path.suffix.lower() in IMAGE_SUFFIXES and not path.name.startswith(".")


def images_under(folder: Path) -> Iterator[Path]:
    """Give every image file under `folder` in name order; hidden files and folders are left out."""
    for here, folders, files in os.walk(folder, onerror=_refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if is_image(path := Path(here, name)):
                yield path


def folders_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))


def name_under(root: Path, file: Path) -> str:
    """Name a file by its posix path from `root`, with `..` where it lies outside."""
    return clean(Path(os.path.relpath(file, root)).as_posix())


def clean(text: str) -> str:
    """Replace what no JSON can carry: the lone surrogates of undecodable file names and of careless escapes."""
    return text.encode("utf-8", "replace").decode()


def regular_bytes(path: Path, most: int = -1) -> bytes:
    """Read a regular file, or its first `most` bytes; raises OSError for anything else, where reading may never end."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(errno.EINVAL, "not a regular file", str(path))
    with path.open("rb") as file:
        return file.read(most)


def read_bytes(path: Path) -> bytes:
    """Read a label file; raises Unreadable that names it."""
    try:
        return regular_bytes(path)
    except OSError as error:
        raise Unreadable(f"{path}: cannot be read: {error.strerror}") from None


def read_text(path: Path) -> str:
    """Read a text label file as UTF-8 with or without a byte order mark; raises Unreadable that names it."""
    try:
        text = read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(f"{path}: not UTF-8 text (byte {error.start})") from None
    if "\0" in text:
        raise Unreadable(f"{path}: not text, it holds a NUL")
    return text


def finite(value: object) -> float:
    """Read a number of a label file; raises ValueError in plain words for what is none, NaN or infinite."""
    if value is None or isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise ValueError(f"'{value}' is no number")
    try:
        number = float(value)
    except (ValueError, OverflowError):
        raise ValueError(f"'{str(value)[:40]}' is no number") from None
    if not math.isfinite(number):
        raise ValueError(f"'{value}' is not finite")
    if abs(number) > _FARTHEST:
        raise ValueError(f"'{value}' is out of any image")
    return number


def _refuse(error: OSError) -> None:
    # os.walk would leave the folder out in silence, and with it its images.
    raise error
