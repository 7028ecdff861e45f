"""Temperatures in degrees Celsius of every thermal zone that can be read, and how far each is from being throttled."""

from collections.abc import Iterator
from typing import NamedTuple

from readiness_agent.sensors import Readings, Unsensed
from readiness_agent.sensors.board import device_tree
from readiness_agent.sysroot import Tree, chips, integer

# The Tegra PMIC zone reads a constant, 50 or 100 °C.
_CONSTANT = ("PMIC",)
# No chip works beyond these; a Jetson's zone reads -256 °C while its engine is off.
_COLDEST_C, _HOTTEST_C = -60.0, 200.0
_LIMITING_TRIPS = {"passive", "hot", "critical"}
# x86 sensors of the processor itself; a machine without thermal zones may have these.
_CPU_CHIPS = ("coretemp", "k10temp", "zenpower")
# The Pi's firmware slows the cores from 80 °C on, long before the kernel's critical trip (raspberrypi.com).
_PI_LIMIT_C = 80.0


class Heat(NamedTuple):
    """One temperature, and the one at which clocks are cut or the machine stops; None where nobody says it."""

    name: str
    now_c: float
    limit_c: float | None


def read(tree: Tree) -> Readings:
    readings: Readings = {}
    rooms: dict[str, float] = {}
    for heat in (*_zones(tree), *_cpu_chips(tree)):
        name = _unused(heat.name, readings)
        readings[f"{name}_c"] = heat.now_c
        if heat.limit_c is not None:
            rooms[name] = readings[f"{name}_headroom_c"] = round(heat.limit_c - heat.now_c, 1)
    if not readings:
        raise Unsensed("no readable thermal zone in /sys/class/thermal, no processor sensor in /sys/class/hwmon")
    hottest = max(float(value) for name, value in readings.items() if value is not None and "_headroom" not in name)
    first = min(rooms, key=lambda name: rooms[name], default=None)
    room = None if first is None else rooms[first]
    return {"max_c": hottest, "headroom_c": room, "headroom_zone": first, "cooling": _cooling(tree), **readings}


def _zones(tree: Tree) -> Iterator[Heat]:
    pi = "raspberrypi," in (device_tree(tree, "compatible") or "")
    for zone in tree.matches("sys/class/thermal/thermal_zone*"):
        kind = tree.text(f"{zone}/type")
        if not kind or kind.startswith(_CONSTANT):
            continue
        now_c = _celsius(tree.integer(f"{zone}/temp"))
        if now_c is not None:
            limits = [*_trips(tree, zone), *([_PI_LIMIT_C] * pi)]
            yield Heat(kind, now_c, min(limits, default=None))


def _trips(tree: Tree, zone: str) -> Iterator[float]:
    """Give the temperatures at which a zone limits or stops the machine; a trip at or below zero is not set."""
    for kind in tree.matches(f"{zone}/trip_point_*_type"):
        limit = integer(tree.text(kind.removesuffix("type") + "temp"))
        if tree.text(kind) in _LIMITING_TRIPS and limit is not None and limit > 0:
            yield limit / 1000


def _cpu_chips(tree: Tree) -> Iterator[Heat]:
    for driver in _CPU_CHIPS:
        for folder in chips(tree, driver):
            inputs = {path: _celsius(tree.integer(path)) for path in tree.matches(f"{folder}/temp*_input")}
            known = {path: now_c for path, now_c in inputs.items() if now_c is not None}
            if known:
                hottest = max(known, key=lambda path: known[path])
                limits = [integer(tree.text(hottest.removesuffix("input") + kind)) for kind in ("max", "crit")]
                limit = min((limit / 1000 for limit in limits if limit is not None and limit > 0), default=None)
                yield Heat(driver, known[hottest], limit)


def _cooling(tree: Tree) -> str | None:
    """Give each kind of cooling device with the strongest of its states and its scale, as `cpufreq-cpu0 0/25`."""
    states: dict[str, tuple[int, int]] = {}
    for device in tree.matches("sys/class/thermal/cooling_device*"):
        kind, most = tree.text(f"{device}/type"), integer(tree.text(f"{device}/max_state"))
        now = integer(tree.text(f"{device}/cur_state"))
        if kind and now is not None and most:
            states[kind] = max(states.get(kind, (now, most)), (now, most))
    return ", ".join(f"{kind} {now}/{most}" for kind, (now, most) in states.items()) or None


def _celsius(millidegrees: int | None) -> float | None:
    now_c = None if millidegrees is None else round(millidegrees / 1000, 1)
    return now_c if now_c is not None and _COLDEST_C < now_c < _HOTTEST_C else None


def _unused(kind: str, readings: Readings) -> str:
    """Give a zone its own name where several share a type, as a PC's acpitz zones do."""
    name, number = kind, 2
    while f"{name}_c" in readings:
        name, number = f"{kind}_{number}", number + 1
    return name
