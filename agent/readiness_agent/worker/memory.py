"""The memory of this process, as Linux accounts for it, and what memory it could still take."""

import importlib
import os
import re
from pathlib import Path
from typing import Any

from readiness_agent.sysroot import Tree, fields, integer
from readiness_agent.worker import cgroup_memory
from readiness_agent.worker.jobs import Footprint

_KIB_IN_MIB = 1024
_MIB = 2**20
_ACCOUNT = re.compile(r"^(\w+):\s+(\d+) kB$", re.MULTILINE)


def reset_peak() -> None:
    """Reset VmHWM to the resident size now (Linux 4.0, /proc/self/clear_refs), so that imports do not count."""
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except OSError:
        return


def footprint(bare_mib: float | None, headroom_mib: float | None) -> Footprint:
    """Take stock after the runs; `bare_mib` is the USS with the runtime imported and no model loaded."""
    accounts = rollup()
    uss = _uss(accounts)
    return Footprint(
        peak_rss=peak_mib(),
        pss=accounts.get("Pss"),
        uss=uss,
        model_delta=None if uss is None or bare_mib is None else max(0.0, uss - bare_mib),
        headroom=headroom_mib,
        swap=accounts.get("SwapPss"),
        cgroup_peak=cgroup_memory.peak_mib(Tree()),
        gpu=gpu_mib(),
    )


def peak_mib() -> float | None:
    """Give VmHWM; a child's ru_maxrss would start at its parent's size."""
    return _kib(Tree(), "proc/self/status", "VmHWM")


def uss_mib() -> float | None:
    """Give what would come back if this process ended: its private pages."""
    return _uss(rollup())


def anonymous_mib() -> float | None:
    """Give what this process made itself, swapped out or not.

    Unlike USS it does not move when another process begins or ends to use the same libraries.
    """
    accounts = rollup()
    made = accounts.get("Anonymous")
    return None if made is None else made + accounts.get("SwapPss", 0.0)


def rollup(folder: Path = Path("/proc/self")) -> dict[str, float]:
    """Sum each account of this process's mappings in MiB: by the kernel (Linux 4.14), else of its every mapping."""
    for name in ("smaps_rollup", "smaps"):
        try:
            said = (folder / name).read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        totals: dict[str, float] = {}
        for key, kib in _ACCOUNT.findall(said):
            totals[key] = totals.get(key, 0.0) + int(kib) / _KIB_IN_MIB
        return totals
    return {}


def available_mib(tree: Tree) -> float | None:
    """Give what this process could still take without swapping: MemAvailable, or what its cgroup leaves if less."""
    rooms = (_kib(tree, "proc/meminfo", "MemAvailable"), cgroup_memory.room_mib(tree))
    return min((room for room in rooms if room is not None), default=None)


def gpu_mib() -> float | None:
    """Give this process's memory on NVIDIA cards, summed; None where no driver tells it, which is not the same as 0."""
    try:
        pynvml: Any = importlib.import_module("pynvml")
    except ImportError:
        return None
    try:
        pynvml.nvmlInit()
        cards = [pynvml.nvmlDeviceGetHandleByIndex(index) for index in range(pynvml.nvmlDeviceGetCount())]
        every = [one for card in cards for one in pynvml.nvmlDeviceGetComputeRunningProcesses(card)]
    except pynvml.NVMLError:
        return None
    known = [one.usedGpuMemory for one in every if one.pid == os.getpid() and one.usedGpuMemory is not None]
    return sum(known) / _MIB if known else None


def _uss(accounts: dict[str, float]) -> float | None:
    private = [accounts.get(key) for key in ("Private_Clean", "Private_Dirty")]
    known = [part for part in private if part is not None]
    return sum(known) if len(known) == len(private) else None


def _kib(tree: Tree, path: str, key: str) -> float | None:
    kib = integer(fields(tree.text(path)).get(key, "").removesuffix(" kB"))
    return None if kib is None else kib / _KIB_IN_MIB
