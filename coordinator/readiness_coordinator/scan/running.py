"""How a scan is run: on which engine, with which cache, who is told how far it has come, and when it ends early."""

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from readiness.evidence.dataset import Dataset
from readiness_coordinator.formats.labelled import Labelled
from readiness_coordinator.formats.layout import regular_bytes
from readiness_coordinator.scan import engines
from readiness_coordinator.scan.cache import Cache, NoRoom, Notice, Prints
from readiness_coordinator.scan.engines import Engine
from readiness_coordinator.scan.view import Print, View, look_into
from readiness_coordinator.scan.viewing import OtherCode, Seen, view_all

_SHARE = 0.05
_EARLIEST_S = 2.0


class NotRun(Exception):
    """A scan cannot be run, or not to its end; the message is one line that says why and what to do."""


class Running(NamedTuple):
    """How one scan is run; `workers` None is one per core.

    `engine` is `here` (this process), or a name for engines.opened. `cache` is the folder of the cache; without one a
    temporary file serves. `progress` is told (done, total, reused); when `stop` says so, the scan ends with what was
    looked at so far. `partial` is now and then given what is known so far, which takes a twentieth of the time at most.
    """

    engine: str = engines.LOCAL
    workers: int | None = None
    cache: Path | None = None
    progress: Callable[[int, int, int], None] = lambda _done, _total, _reused: None
    stop: Callable[[], bool] = lambda: False
    partial: Callable[[Dataset], None] | None = None
    notice: Notice | None = None


HERE = Running(engine="here")


@contextlib.contextmanager
def look(
    labelled: Labelled,
    views: dict[str, View],
    measure: Callable[[Mapping[str, Print], Engine], Dataset],
    running: Running,
) -> Iterator[tuple[Mapping[str, Print], Engine]]:
    """Fill `views`, by name, with a look at every image, and give the prints and the engine, for as long as the block.

    `measure` makes the evidence of what is known so far out of the prints.
    """
    cache = Cache(running.cache) if running.notice is None else Cache(running.cache, running.notice)
    prints = Prints(cache, views, _Again(labelled, views))
    try:
        with contextlib.closing(_engine(running)) as engine:
            # What is known so far is told from here: the workers are busy looking at the rest.
            partials = _Partials(running.partial, lambda: measure(prints, Engine()))
            _look(labelled, views, cache, engine, running, partials)
            # Told to stop, nobody waits for a worker that one file may still hold.
            yield prints, Engine() if running.stop() else engine
    except (engines.Unavailable, NoRoom, OtherCode) as error:
        raise NotRun(str(error)) from None
    finally:
        cache.close()


def _engine(running: Running) -> Engine:
    return Engine() if running.engine == HERE.engine else engines.opened(running.engine, running.workers)


def _look(
    labelled: Labelled, views: dict[str, View], cache: Cache, engine: Engine, running: Running, partials: "_Partials"
) -> None:
    files = [str(picture.file) for picture in labelled.pictures]
    fresh: set[str | None] = set()
    reused = 0
    running.progress(0, len(files), 0)
    for seen in view_all(files, engine, cache.known, stop=running.stop):
        _keep(seen, cache)
        fresh.update(one.looked.view.digest for one in seen if one.how == "looked")
        # What equals a file of this very scan was not known before it.
        reused += sum(one.how == "reused" and one.looked.view.digest not in fresh for one in seen)
        pictures = labelled.pictures[len(views) : len(views) + len(seen)]
        views.update((picture.name, one.looked.view) for picture, one in zip(pictures, seen, strict=True))
        running.progress(len(views), len(files), reused)
        partials.offer()


def _keep(seen: Sequence[Seen], cache: Cache) -> None:
    met = [str(one.looked.view.digest) for one in seen if one.how == "reused"]
    cache.put([one.looked for one in seen if one.how == "looked"], met)


class _Partials:
    """Gives out what is known so far, as often as a twentieth of the time allows."""

    def __init__(self, give: Callable[[Dataset], None] | None, measure: Callable[[], Dataset]) -> None:
        self._give, self._measure = give, measure
        self._begun_s = time.monotonic()
        self._spent_s = self._last_s = 0.0

    def offer(self) -> None:
        now_s = time.monotonic()
        allowed_s = max(_EARLIEST_S, (self._spent_s + self._last_s) / _SHARE)
        if self._give is None or now_s - self._begun_s < allowed_s:
            return
        self._give(self._measure())
        self._last_s = time.monotonic() - now_s
        self._spent_s += self._last_s


class _Again:
    """Looks at an image anew whose print has gone from the cache; None where its file is no longer the same."""

    def __init__(self, labelled: Labelled, views: Mapping[str, View]) -> None:
        self._labelled, self._views = labelled, views
        self._files: dict[str, str] = {}

    def __call__(self, digest: str) -> Print | None:
        if len(self._files) == 0:
            known = ((picture, self._views.get(picture.name)) for picture in self._labelled.pictures)
            self._files = {
                view.digest: str(picture.file) for picture, view in known if view and view.digest and not view.problem
            }
        if digest not in self._files:
            return None
        try:
            looked = look_into(regular_bytes(self._files[digest]))
        except OSError as error:
            raise NotRun(f"{self._files[digest]}: it changed while it was scanned: {error.strerror}") from None
        if looked.view.digest != digest:
            raise NotRun(f"{self._files[digest]}: it changed while it was scanned; scan again")
        return looked.print
