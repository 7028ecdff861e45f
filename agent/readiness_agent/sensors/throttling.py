"""Counters and alarms of throttling and low voltage; a counter's growth during a run is what tells, not its value."""

from pathlib import Path

from readiness_agent.sensors import Readings, Unsensed
from readiness_agent.sysroot import integer, matches, text

_CPU = "sys/devices/system/cpu/cpu*/thermal_throttle"


def read(root: Path) -> Readings:
    """Give what this machine counts: x86 throttle counters, Jetson over-current events, the Pi's voltage alarm.

    `*_events` only grow; `under_voltage` is the alarm now. Sources: Linux therm_throt.c, soctherm and
    raspberrypi-hwmon drivers. The Pi's deprecated get_throttled file is not read: its zero is not to be trusted.
    """
    readings: Readings = {
        "core_throttle_events": _sum(root, f"{_CPU}/core_throttle_count"),
        "package_throttle_events": _sum(root, f"{_CPU}/package_throttle_count"),
        **_over_current(root),
        "under_voltage": _under_voltage(root),
    }
    known: Readings = {name: value for name, value in readings.items() if value is not None}
    if not known:
        raise Unsensed("no throttle counter or voltage alarm is readable here; throttling stays unknown")
    return known


def _sum(root: Path, pattern: str) -> int | None:
    counts = [integer(root, path) for path in matches(root, pattern)]
    known = [count for count in counts if count is not None]
    return sum(known) if known else None


def _hwmon(root: Path, name: str) -> str | None:
    """Give the hwmon folder whose driver calls itself `name`."""
    return next((h for h in matches(root, "sys/class/hwmon/hwmon*") if text(root, f"{h}/name") == name), None)


def _over_current(root: Path) -> Readings:
    folder = _hwmon(root, "soctherm_oc")
    if folder is None:
        return {}
    return {f"oc{line}_events": integer(root, f"{folder}/oc{line}_event_cnt") for line in (1, 2, 3)}


def _under_voltage(root: Path) -> bool | None:
    folder = _hwmon(root, "rpi_volt")
    alarm = None if folder is None else integer(root, f"{folder}/in0_lcrit_alarm")
    return None if alarm is None else bool(alarm)
