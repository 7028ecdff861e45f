"""Memory and swap in MiB, with the cgroup's limit where one is set."""

from pathlib import Path

from readiness_agent.sensors import Readings, Unsensed
from readiness_agent.sysroot import fields, integer, text

_KEYS = {
    "total_mib": "MemTotal",
    "available_mib": "MemAvailable",
    "swap_total_mib": "SwapTotal",
    "swap_free_mib": "SwapFree",
}


def read(root: Path) -> Readings:
    said = fields(text(root, "proc/meminfo"))
    if not said:
        raise Unsensed("no /proc/meminfo")
    limit = integer(root, "sys/fs/cgroup/memory.max")
    readings: Readings = {name: _mib(said.get(key)) for name, key in _KEYS.items()}
    return {**readings, "limit_mib": None if limit is None else round(limit / 2**20, 1)}


def _mib(said: str | None) -> float | None:
    """Turn `8123456 kB` into MiB."""
    return None if not said else round(int(said.split()[0]) / 1024, 1)
