"""Temperatures in degrees Celsius of every thermal zone that can be read, and the hottest of them."""

from pathlib import Path

from readiness_agent.sensors import Readings, Unsensed
from readiness_agent.sysroot import integer, matches, text

# The Tegra PMIC zone always reads 100 °C.
_CONSTANT = {"PMIC-Die"}


def read(root: Path) -> Readings:
    zones: Readings = {}
    for zone in matches(root, "sys/class/thermal/thermal_zone*"):
        kind, millidegrees = text(root, f"{zone}/type"), integer(root, f"{zone}/temp")
        if kind and kind not in _CONSTANT and millidegrees is not None:
            zones[_unused(kind, zones)] = round(millidegrees / 1000, 1)
    if not zones:
        raise Unsensed("no readable thermal zone under /sys/class/thermal")
    return {"max_c": max(float(value) for value in zones.values() if value is not None), **zones}


def _unused(kind: str, zones: Readings) -> str:
    """Give a zone its own name where several share a type, as a PC's acpitz zones do."""
    name, number = f"{kind}_c", 2
    while name in zones:
        name, number = f"{kind}_{number}_c", number + 1
    return name
