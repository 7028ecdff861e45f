"""The frame set: a folder of captured images with `frames.json`, which names each by its digest, and how they came."""

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Literal

import msgspec

from readiness import canonical

FILE = "frames.json"
SCHEMA: Literal["readiness.frames/1"] = "readiness.frames/1"
# What a set says of itself for as long as nobody has ended it: a capture that is killed has said so already.
NOT_FINISHED = "the capture was cut off"


class Statistics(msgspec.Struct, frozen=True, kw_only=True):
    """How one frame looks: mean and standard deviation of luma (0 to 255), variance of the Laplacian, bits of entropy.

    `shadow` and `highlight` are the 5th and 99th percentile of brightness, 0 to 1; `difference` is the mean absolute
    difference of luma to the frame before, null for the first of a capture.
    """

    brightness: float
    contrast: float
    sharpness: float
    entropy: float
    shadow: float
    highlight: float
    difference: float | None = None


class CapturedFrame(msgspec.Struct, frozen=True, kw_only=True):
    """One frame: its file, the digest of its bytes, when it came (RFC 3339) and from where, and how it looks."""

    index: int
    file: str
    digest: str
    time: str
    source: str
    width: int
    height: int
    statistics: Statistics


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """How far a capture came: frames asked for and got, and what the source did meanwhile.

    `arrived` are all that the source delivered, `dropped` those missing between them, `repeated` the frames that are
    byte for byte the same as an earlier one; `ended` says why there are fewer than asked, empty when all were got.
    """

    asked: int
    got: int = 0
    arrived: int = 0
    dropped: int = 0
    reconnects: int = 0
    repeated: int = 0
    skipped: int = 0
    ended: str = NOT_FINISHED


class FrameSet(msgspec.Struct, frozen=True, kw_only=True):
    """`frames.json`: where the frames are from, how far the capture came, what there is to note, and every frame.

    `digest` names the distinct contents in order, as a benchmark on the folder does.
    """

    schema: Literal["readiness.frames/1"]
    source: str
    kind: str
    every_s: float
    begun_at: str
    updated_at: str
    totals: Totals
    digest: str = ""
    capture_ms: float | None = None
    notes: tuple[str, ...] = ()
    frames: tuple[CapturedFrame, ...] = ()
    tool_version: str = ""


class BadSet(ValueError):
    """A folder whose frames.json cannot be used: one line that says what, where and what to do."""


def read(folder: Path) -> FrameSet:
    """Read a set's frames.json; raises BadSet."""
    path = folder / FILE
    try:
        return msgspec.json.decode(path.read_bytes(), type=FrameSet)
    except OSError as error:
        raise BadSet(f"{path}: cannot be read: {error.strerror}") from None
    except (msgspec.DecodeError, RecursionError) as error:
        raise BadSet(f"{path}: no frame set ({SCHEMA}): {error}; capture again, into another folder") from None


def write(folder: Path, made: FrameSet) -> None:
    """Put a set's frames.json in place of the one before, whole or not at all; raises OSError."""
    put(folder / FILE, msgspec.json.format(msgspec.json.encode(made)) + b"\n")


def put(path: Path, data: bytes) -> None:
    """Write a file so that neither a kill nor a power cut leaves half of it; raises OSError."""
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Keep a second capture out of a folder (flock, which the kernel frees); raises BadSet."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise BadSet(f"{folder}: another capture writes here; wait for its end, or choose another folder") from None
    finally:
        os.close(opened)


def digest_of(contents: Sequence[bytes]) -> str:
    """Name frames by the SHA-256 digests of their bytes: over the distinct ones, in order."""
    return canonical.digest_bytes(b"".join(dict.fromkeys(contents)))


def changed(folder: Path, frame: CapturedFrame) -> tuple[bytes, str]:
    """Give a frame's bytes, and why they are not those that were captured; empty words when they are."""
    if Path(frame.file).name != frame.file:
        return b"", "its name leads out of the folder"
    try:
        data = (folder / frame.file).read_bytes()
    except OSError as error:
        return b"", (error.strerror or "cannot be read").lower()
    same = frame.digest == f"sha256:{sha256(data).hexdigest()}"
    return data, "" if same else "its bytes are not those that were captured"
