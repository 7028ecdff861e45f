"""The shelf of sensors: one file each, found by name; every sensor reports its own success and time cost."""

import importlib
import math
import pkgutil
import re
import threading
import time
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Protocol, cast

from readiness.evidence.device import Sensed
from readiness_agent.sysroot import ROOT, Tree

Readings = dict[str, str | int | float | bool | None]

DEADLINE_S = 1.0
# A sensor that has not answered after this long is left to its deadline while the next ones are asked, so that all of
# them together take less than five seconds even if every one hangs.
_PATIENCE_S = 0.2
_LONGEST_TEXT = 400
_MOST_READINGS = 256


class Sensor(Protocol):
    """A sensor file: `read` looks only at files of the tree and says None for what it cannot know.

    It raises Unsensed, or any other exception, when it has nothing to say at all. Readings are flat and carry their
    unit in the name (`_c`, `_mhz`, `_mib`, `_mw`, `_percent`); what only grows ends in `_events`.
    """

    def read(self, tree: Tree) -> Readings: ...


class Unsensed(Exception):
    """A sensor has nothing to read on this machine; the message says what it looked for."""


class _Asked:
    """One question to one sensor, on a thread of its own: a read that hangs in the kernel cannot be called back."""

    def __init__(self, name: str, root: Path) -> None:
        self._name, self._root = name, root
        self._sensed: Sensed | None = None
        self._begun = time.perf_counter()
        self._thread = threading.Thread(target=self._ask, name=f"sensor {name}", daemon=True)
        self._thread.start()

    @property
    def answered(self) -> bool:
        return not self._thread.is_alive()

    def wait(self, until_s: float) -> None:
        """Wait for the answer, at most until so long after the question."""
        self._thread.join(max(0.0, until_s - (time.perf_counter() - self._begun)))

    def answer(self) -> Sensed:
        if self._sensed is not None:
            return self._sensed
        took_ms = (time.perf_counter() - self._begun) * 1000
        late = f"took longer than {DEADLINE_S:g} s; it is asked again when it has answered"
        return Sensed(sensor=self._name, ok=False, took_ms=round(took_ms, 3), error=late)

    def _ask(self) -> None:
        self._sensed = _sense(self._name, self._root)


# The sensors of each root that have not answered yet; a daemon must not pile up threads on a node that blocks.
_unanswered: dict[tuple[str, Path], _Asked] = {}


@cache
def names() -> tuple[str, ...]:
    """Give every sensor's name, in order."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__)))


def sense_all(root: Path = ROOT) -> tuple[Sensed, ...]:
    """Ask every sensor once, in name order; a sensor that fails or hangs says so and never stops the others."""
    return sense(names(), root)


def sense(chosen: Iterable[str], root: Path = ROOT) -> tuple[Sensed, ...]:
    """Ask the sensors of these names, one after another; none gets more than `DEADLINE_S`."""
    asked = [_asked(name, root) for name in chosen]
    for one in asked:
        one.wait(DEADLINE_S)
    return tuple(one.answer() for one in asked)


def _asked(name: str, root: Path) -> _Asked:
    """Ask one sensor, unless it still owes an answer from before."""
    earlier = _unanswered.pop((name, root), None)
    one = _Asked(name, root) if earlier is None or earlier.answered else earlier
    one.wait(_PATIENCE_S)
    if not one.answered:
        _unanswered[name, root] = one
    return one


def _sense(name: str, root: Path) -> Sensed:
    begun = time.perf_counter()
    tree = Tree(root)
    try:
        sensor = cast("Sensor", importlib.import_module(f"{__name__}.{name}"))
        readings, error = _sendable(sensor.read(tree)), ""
    except Exception as failure:  # noqa: BLE001 - whatever breaks one sensor must not silence the others
        readings, error = {}, _plain(str(failure) or type(failure).__name__)
    took_ms = round((time.perf_counter() - begun) * 1000, 3)
    notes = tuple(_plain(line) for line in tree.notes)
    return Sensed(sensor=name, ok=not error, took_ms=took_ms, readings=readings, error=error, notes=notes)


def _sendable(readings: Readings) -> Readings:
    """Keep only what a message can carry and a terminal can show: short printable texts and finite numbers."""
    kept = list(readings.items())[:_MOST_READINGS]
    return {re.sub(r"[^\w.-]+", "_", _plain(name)): _value(value) for name, value in kept}


def _value(value: str | float | bool | None) -> str | int | float | bool | None:
    if isinstance(value, str):
        return _plain(value)
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _plain(text: str) -> str:
    text = text[:_LONGEST_TEXT].encode("utf-8", "replace").decode()
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
