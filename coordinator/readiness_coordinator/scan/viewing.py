"""Looks at every image of a dataset once: bytes to digests, size, hashes and statistics, in worker processes."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import msgspec

from readiness import canonical
from readiness.measures import decode, hashes, image
from readiness.measures.image import Look
from readiness_coordinator.formats.layout import regular_bytes

Progress = Callable[[int, int], None]

# Starting worker processes takes longer than looking at so many images.
_FEW = 512
_CHUNK = 16


class View(msgspec.Struct, frozen=True, kw_only=True):
    """What one look at a file gave; `problem` says why it cannot be used, and then all after `digest` is absent.

    `hashes` holds 8 uint64 (absent for an image without structure), `thumbnail` 64x64 uint8.
    """

    digest: str | None = None
    problem: str = ""
    width: int = 0
    height: int = 0
    look: Look | None = None
    pixels: str = ""
    hashes: bytes | None = None
    thumbnail: bytes = b""


Viewer = Callable[[str], View]


def view(path: str) -> View:
    """Look at one file; nothing that stands in it raises."""
    try:
        data = regular_bytes(Path(path))
    except OSError as error:
        return View(problem=f"cannot be read: {error.strerror}")
    digest = canonical.digest_bytes(data)
    try:
        pixels = decode.pixels(data)
    except decode.BadImage as error:
        return View(digest=digest, problem=str(error))
    perceptual = hashes.perceptual(pixels)
    return View(
        digest=digest,
        width=pixels.shape[1],
        height=pixels.shape[0],
        look=image.look(pixels),
        pixels=hashes.pixel_digest(pixels),
        hashes=None if perceptual is None else perceptual.tobytes(),
        thumbnail=hashes.thumbnail(pixels).tobytes(),
    )


def view_all(paths: Sequence[str], workers: int | None, progress: Progress | None = None) -> list[View]:
    """Look at every file, in the order given, over `workers` processes (None: one per core)."""
    count = min(workers or os.cpu_count() or 1, max(1, len(paths) // _CHUNK))
    views = map(view, paths) if count == 1 or len(paths) < _FEW else in_processes(view, paths, count)
    found = []
    for done, one in enumerate(views, start=1):
        found.append(one)
        if progress is not None:
            progress(done, len(paths))
    return found


def in_processes(look: Viewer, paths: Sequence[str], count: int) -> Iterator[View]:
    """Give `look(path)` of every path, in order; a file that kills its process costs only itself."""
    start = 0
    while start < len(paths):
        for one in _until_killed(look, paths[start:], count):
            yield one
            start += 1
        if start < len(paths):
            # Which file killed it is not known: the next one goes alone, then the rest together again.
            yield _alone(look, paths[start])
            start += 1


def _until_killed(look: Viewer, paths: Sequence[str], count: int) -> Iterator[View]:
    with _pool(count) as pool:
        try:
            yield from pool.map(look, paths, chunksize=_CHUNK)
        except BrokenProcessPool:
            return
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _alone(look: Viewer, path: str) -> View:
    try:
        with _pool(1) as pool:
            return pool.submit(look, path).result()
    except BrokenProcessPool:
        return View(digest=canonical.digest_bytes(regular_bytes(Path(path))), problem="kills the image decoder")


def _pool(count: int) -> ProcessPoolExecutor:
    # A forked child would inherit the locks of the coordinator's threads. An interrupt is the parent's to answer.
    context = multiprocessing.get_context("spawn")
    quiet = (signal.SIGINT, signal.SIG_IGN)
    return ProcessPoolExecutor(count, mp_context=context, initializer=signal.signal, initargs=quiet)
