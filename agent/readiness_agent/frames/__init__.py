"""The shelf of frame sources: one file each; the first that accepts SRC gives its frames as encoded images."""

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol, cast

import msgspec


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """One frame as the bytes of an image file; `path` where it is a file of the source's own."""

    name: str
    data: bytes
    path: Path | None = None


class Skipped(msgspec.Struct, frozen=True, kw_only=True):
    """Something in the source that gives no frame, and why."""

    name: str
    because: str


class FrameSource(Protocol):
    """A source file: `accepts` looks at SRC only, `read` gives at most `most` frames at even spacing."""

    KIND: str

    def accepts(self, src: str) -> bool: ...

    def read(self, src: str, most: int) -> Iterator[Frame | Skipped]: ...


class NoFrames(ValueError):
    """SRC gives no frames: one line that says what, where and what to do."""


def open_frames(src: str, most: int) -> Iterator[Frame | Skipped]:
    """Give the frames of SRC in order, and what had to be skipped; raises NoFrames."""
    sources = [cast("FrameSource", importlib.import_module(f"{__name__}.{m.name}")) for m in _modules()]
    source = next((one for one in sources if one.accepts(src)), None)
    if source is None:
        kinds = " or ".join(one.KIND for one in sources)
        missing = "" if "://" in src or Path(src).exists() else "no such file or folder; "
        raise NoFrames(f"{src}: {missing}frames come from {kinds}")
    return source.read(src, most)


def spread(count: int, most: int) -> list[int]:
    """Choose at most `most` of `count` positions at even spacing, the first one included."""
    taken = min(count, most)
    return [index * count // taken for index in range(taken)]


def _modules() -> list[pkgutil.ModuleInfo]:
    return sorted(pkgutil.iter_modules(__path__), key=lambda module: module.name)
