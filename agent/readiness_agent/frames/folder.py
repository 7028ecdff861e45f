"""Frames out of a folder of image files, in name order."""

from collections.abc import Iterator
from pathlib import Path

from readiness_agent.frames import Frame, Item, NoFrames, Pace, Skipped, spread
from readiness_agent.frameset import FILE
from readiness_agent.output import printable

KIND = "a folder of images"
NAME = "folder"
LIVE = False
SUFFIXES = frozenset({".bmp", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"})


def accepts(src: str) -> bool:
    return Path(src).is_dir() and not Path(src, FILE).exists()


def read(src: str, most: int, pace: Pace) -> Iterator[Item]:  # noqa: ARG001 - the shelf's signature
    """Give the image files' bytes, at most `most` at even spacing; hidden files are passed over silently."""
    try:
        files = sorted(path for path in Path(src).iterdir() if path.is_file() and not path.name.startswith("."))
    except OSError as error:
        raise NoFrames(f"{src}: cannot be listed: {error.strerror}; check its permissions") from None
    images = [path for path in files if path.suffix.lower() in SUFFIXES]
    for path in files:
        if path not in images:
            yield Skipped(name=printable(path.name), because="no image by its suffix")
    for index in spread(len(images), most):
        path = images[index]
        if printable(path.name) != path.name:
            yield Skipped(name=printable(path.name), because="its name is not UTF-8; rename it")
            continue
        try:
            yield Frame(name=path.name, data=path.read_bytes(), path=path)
        except OSError as error:
            yield Skipped(name=path.name, because=error.strerror or "cannot be read")
