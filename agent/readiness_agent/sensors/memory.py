"""Memory and swap in MiB, compressed swap in RAM (zram), and the control group's limit where one is set."""

from readiness_agent.sensors import Readings, Unsensed
from readiness_agent.sensors.cgroup import memory_limit_mib
from readiness_agent.sysroot import Tree, fields, integer

_KEYS = {
    "total_mib": "MemTotal",
    "available_mib": "MemAvailable",
    "swap_total_mib": "SwapTotal",
    "swap_free_mib": "SwapFree",
}


def read(tree: Tree) -> Readings:
    said = fields(tree.text("proc/meminfo"))
    if not said:
        raise Unsensed("no /proc/meminfo")
    readings: Readings = {name: _mib(said.get(key)) for name, key in _KEYS.items()}
    return {**readings, "zram_mib": _zram(tree), "limit_mib": memory_limit_mib(tree)}


def _mib(said: str | None) -> float | None:
    """Turn `8123456 kB` into MiB."""
    size = integer(said.split()[0]) if said and said.split() else None
    return None if size is None else round(size / 1024, 1)


def _zram(tree: Tree) -> float | None:
    """Give the room of the compressed swap in RAM, which looks like swap and costs memory; None where there is none."""
    lines = (tree.text("proc/swaps") or "").splitlines()[1:]
    sizes = [integer(line.split()[2]) for line in lines if line.startswith("/dev/zram") and len(line.split()) > 2]
    return round(sum(size for size in sizes if size is not None) / 1024, 1) if sizes else None
