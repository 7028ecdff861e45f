"""The shelf of sensors: one file each, found by name; every sensor reports its own success and time cost."""

import importlib
import pkgutil
import time
from pathlib import Path
from typing import Protocol, cast

from readiness.evidence.device import Sensed

Readings = dict[str, str | int | float | bool | None]


class Sensor(Protocol):
    """A sensor file: `read` looks only at files under `root` and says None for what it cannot know.

    It raises Unsensed, or any OSError or ValueError, when it has nothing to say at all.
    """

    def read(self, root: Path) -> Readings: ...


class Unsensed(Exception):
    """A sensor has nothing to read on this machine; the message says what it looked for."""


def sense_all(root: Path = Path("/")) -> tuple[Sensed, ...]:
    """Ask every sensor once, in name order; a sensor that fails says why and never stops the others."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return tuple(_sense(name, root) for name in names)


def _sense(name: str, root: Path) -> Sensed:
    begun = time.perf_counter()
    try:
        sensor = cast("Sensor", importlib.import_module(f"{__name__}.{name}"))
        readings, error = sensor.read(root), ""
    except Exception as failure:  # noqa: BLE001 - whatever breaks one sensor must not silence the others
        readings, error = {}, str(failure) or type(failure).__name__
    took_ms = round((time.perf_counter() - begun) * 1000, 3)
    return Sensed(sensor=name, ok=not error, took_ms=took_ms, readings=readings, error=error)
