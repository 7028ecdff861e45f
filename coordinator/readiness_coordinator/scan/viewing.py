"""Looks at every image of a dataset once, on any engine, whatever one of the files does to its process."""

import signal
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, wait
from typing import Any, Literal, NamedTuple

from readiness import canonical
from readiness_coordinator.formats.layout import regular_bytes
from readiness_coordinator.scan import cache
from readiness_coordinator.scan.cache import Known
from readiness_coordinator.scan.engines import Engine, Unavailable
from readiness_coordinator.scan.view import Looked, View, look_into

Look = Callable[[bytes], Looked]

# A chunk should take long beside the milliseconds that handing it over costs.
_CHUNK_S = 0.1
_FIRST, _MOST = 4, 1024
_AHEAD = 2
_POLL_S = 0.1
PATIENCE_S = 120
FATAL = f"ends the image decoder, or holds it for more than {PATIENCE_S} seconds"


class OtherCode(Exception):
    """A worker runs another version of the program or its libraries, whose looks are not comparable with ours."""


class Seen(NamedTuple):
    """One file: what was seen, and whether just now, in an earlier scan, or not at all for want of a look."""

    looked: Looked
    how: Literal["looked", "reused", "failed"]


class Task(NamedTuple):
    """How to look: `patience_s` seconds for one file, 0 without limit."""

    look: Look
    known: Known
    patience_s: int


def view_all(
    files: Sequence[str],
    engine: Engine,
    known: Known,
    *,
    look: Look = look_into,
    stop: Callable[[], bool] = lambda: False,
    patience_s: int = PATIENCE_S,
) -> Iterator[list[Seen]]:
    """Look at every file, and give what was seen in the order given, some at a time.

    A file that ends its process, or holds it longer than `patience_s`, costs only itself. When `stop` says so, it
    ends before all were seen. Raises OtherCode, and Unavailable when no worker lives.
    """
    task = Task(look, known, patience_s if engine.watched else 0)
    under_way: deque[tuple[Sequence[str], Future[Any]]] = deque()
    at, size = 0, _FIRST
    while at < len(files) or under_way:
        while at < len(files) and len(under_way) < _AHEAD * engine.workers:
            chunk = files[at : at + size]
            under_way.append((chunk, engine.submit(look_at_each, chunk, task)))
            at += len(chunk)
        if not _ended([under_way[0][1]], stop):
            return
        if isinstance(under_way[0][1].exception(), engine.died):
            # Which of the chunks under way did it is not known: of those lost, each file goes alone.
            probe = engine.submit(look_at_each, [], task)
            if not _ended([probe, *(future for _, future in under_way)], stop):
                return
            if probe.exception() is not None:
                raise Unavailable("worker processes end as soon as they start; is there memory enough for them?")
            for lost, future in under_way:
                yield from _one_by_one(lost, engine, task, stop) if future.exception() else [future.result()[0]]
            under_way.clear()
            continue
        chunk, future = under_way.popleft()
        seen, seconds = future.result()
        size = max(1, min(_MOST, 2 * size, int(_CHUNK_S * len(chunk) / max(seconds, 1e-6))))
        yield seen


def look_at_each(files: Sequence[str], task: Task) -> tuple[list[Seen], float]:
    """Look at some files, in a worker; gives what was seen and the seconds that it took. Raises OtherCode."""
    if task.known.code != cache.code():
        raise OtherCode("a worker runs another version of this program, or of its libraries, than this one")
    begun = time.monotonic()
    with cache.seen_before(task.known) as find:
        seen = [_look_at(file, task, find) for file in files]
    return seen, time.monotonic() - begun


def _look_at(file: str, task: Task, find: Callable[[str], View | None]) -> Seen:
    if task.patience_s:
        # Unhandled, the alarm ends the process, native code and all; the engine then knows what to do.
        signal.alarm(task.patience_s)
    try:
        data = regular_bytes(file)
        known = find(canonical.digest_bytes(data))
        return Seen(task.look(data), "looked") if known is None else Seen(Looked(view=known), "reused")
    except OSError as error:
        return _failed(f"cannot be read: {error.strerror or error}")
    except Exception as error:  # noqa: BLE001 - one strange file costs only itself
        return _failed(f"cannot be looked at: {(str(error).splitlines() or [''])[0][:200] or type(error).__name__}")
    finally:
        if task.patience_s:
            signal.alarm(0)


def _one_by_one(files: Sequence[str], engine: Engine, task: Task, stop: Callable[[], bool]) -> Iterator[list[Seen]]:
    for file in files:
        future = engine.submit(look_at_each, [file], task)
        if not _ended([future], stop):
            return
        yield [_fatal(file)] if isinstance(future.exception(), engine.died) else future.result()[0]


def _fatal(file: str) -> Seen:
    try:
        return Seen(Looked(view=View(digest=canonical.digest_bytes(regular_bytes(file)), problem=FATAL)), "failed")
    except OSError as error:
        return _failed(f"cannot be read: {error.strerror or error}")


def _failed(problem: str) -> Seen:
    return Seen(Looked(view=View(problem=problem)), "failed")


def _ended(futures: Sequence[Future[Any]], stop: Callable[[], bool]) -> bool:
    """Wait for all; False when told to stop before."""
    while not stop():
        if not wait(futures, timeout=_POLL_S).not_done:
            return True
    return False
