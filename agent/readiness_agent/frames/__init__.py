"""The shelf of frame sources: one file each; the first that accepts SRC gives its frames as encoded images."""

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, Protocol, cast

import msgspec

from readiness_agent.frames.live.address import redacted

Form = Literal["bmp", "png", "jpg"]


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """One frame as the bytes of an image file; `path` where it is a file of the source's own.

    Of a live source also `at`, when it came (RFC 3339), and `waited_ms`, from asking for it to having its pixels.
    """

    name: str
    data: bytes
    path: Path | None = None
    at: str = ""
    waited_ms: float | None = None


class Skipped(msgspec.Struct, frozen=True, kw_only=True):
    """Something in the source that gives no frame, and why; `changed` where it is no longer what was captured."""

    name: str
    because: str
    changed: bool = False


class Flow(msgspec.Struct, frozen=True, kw_only=True):
    """What went on in the source since it was last told of, and in `ended` why it ends before all was given.

    `arrived` counts the frames that a live source delivered, whether asked for or not, and `dropped` those missing in
    between.
    """

    arrived: int = 0
    dropped: int = 0
    reconnects: int = 0
    ended: str = ""


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """How a live source is read: one frame every so often, within how long in all, and the bytes wanted.

    `open_s` and `read_s` bound one opening and the wait for one frame; `tries` bounds the openings without a frame.
    Pictures that come as JPEG keep their bytes, all others are written in `form`.
    """

    every_s: float = 0.0
    within_s: float = 120.0
    open_s: float = 10.0
    read_s: float = 10.0
    tries: int = 5
    form: Form = "bmp"


Item = Frame | Skipped | Flow


class FrameSource(Protocol):
    """A source file: `accepts` looks at SRC only, `read` gives at most `most` frames.

    Files are read at even spacing, live sources (LIVE) at the given pace. NAME is the kind in a record's `source`.
    """

    KIND: str
    NAME: str
    LIVE: bool

    def accepts(self, src: str) -> bool: ...

    def read(self, src: str, most: int, pace: Pace) -> Iterator[Item]: ...


class NoFrames(ValueError):
    """SRC gives no frames: one line that says what, where and what to do."""


def source_of(src: str) -> FrameSource:
    """Find the source file that reads SRC, importing nothing that decodes unless it does; raises NoFrames."""
    sources = [cast("FrameSource", importlib.import_module(f"{__name__}.{m.name}")) for m in _modules()]
    source = next((one for one in sources if one.accepts(src)), None)
    if source is None:
        kinds = ", ".join(one.KIND for one in sources)
        missing = "" if "://" in src or Path(src).exists() else "no such file or folder; "
        raise NoFrames(f"{redacted(src)}: {missing}frames come from {kinds}")
    return source


def open_frames(src: str, most: int, pace: Pace | None = None) -> Iterator[Item]:
    """Give the frames of SRC in order, what had to be skipped, and what was lost; raises NoFrames."""
    return source_of(src).read(src, most, pace or Pace())


def spread(count: int, most: int) -> list[int]:
    """Choose at most `most` of `count` positions at even spacing, the first one included."""
    taken = min(count, most)
    return [index * count // taken for index in range(taken)]


def _modules() -> list[pkgutil.ModuleInfo]:
    files = (module for module in pkgutil.iter_modules(__path__) if not module.ispkg)
    return sorted(files, key=lambda module: module.name)
