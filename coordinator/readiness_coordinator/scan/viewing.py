"""Looks at every image of a dataset once, in worker processes, whatever one of the files does to its process."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from readiness import canonical
from readiness_coordinator.formats.layout import regular_bytes
from readiness_coordinator.scan.view import Looked, View, look_at

Progress = Callable[[int, int], None]

# Starting worker processes takes longer than looking at so many images.
_FEW = 512
_CHUNK = 16


Viewer = Callable[[str], Looked]


def view_all(paths: Sequence[str], workers: int | None, progress: Progress | None = None) -> list[Looked]:
    """Look at every file, in the order given, over `workers` processes (None: one per core)."""
    count = min(workers or os.cpu_count() or 1, max(1, len(paths) // _CHUNK))
    looks = map(look_at, paths) if count == 1 or len(paths) < _FEW else in_processes(look_at, paths, count)
    found = []
    for done, one in enumerate(looks, start=1):
        found.append(one)
        if progress is not None:
            progress(done, len(paths))
    return found


def in_processes(look: Viewer, paths: Sequence[str], count: int) -> Iterator[Looked]:
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


def _until_killed(look: Viewer, paths: Sequence[str], count: int) -> Iterator[Looked]:
    with _pool(count) as pool:
        try:
            yield from pool.map(look, paths, chunksize=_CHUNK)
        except BrokenProcessPool:
            return
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _alone(look: Viewer, path: str) -> Looked:
    try:
        with _pool(1) as pool:
            return pool.submit(look, path).result()
    except BrokenProcessPool:
        digest = canonical.digest_bytes(regular_bytes(Path(path)))
        return Looked(view=View(digest=digest, problem="kills the image decoder"))


def _pool(count: int) -> ProcessPoolExecutor:
    # A forked child would inherit the locks of the coordinator's threads. An interrupt is the parent's to answer.
    context = multiprocessing.get_context("spawn")
    quiet = (signal.SIGINT, signal.SIG_IGN)
    return ProcessPoolExecutor(count, mp_context=context, initializer=signal.signal, initargs=quiet)
