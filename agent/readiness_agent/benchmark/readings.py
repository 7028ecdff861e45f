"""Looks up what a sensor said; what it did not say, or said as something else, is None."""

from collections.abc import Iterable

from readiness.evidence.device import Sensed


def reading(sensed: Iterable[Sensed], sensor: str, name: str) -> str | float | bool | None:
    """Give one reading; a sensor that failed has none."""
    return next((one.readings.get(name) for one in sensed if one.sensor == sensor), None)


def figure(sensed: Iterable[Sensed], sensor: str, name: str) -> float | None:
    """Give a reading that is a number."""
    value = reading(sensed, sensor, name)
    return None if isinstance(value, str | bool) or value is None else float(value)


def counters(sensed: Iterable[Sensed], sensor: str) -> dict[str, float]:
    """Give what a sensor only ever counts up."""
    said = next((one.readings for one in sensed if one.sensor == sensor), {})
    return {
        name: float(value)
        for name, value in said.items()
        if name.endswith("_events") and value is not None and not isinstance(value, str)
    }
