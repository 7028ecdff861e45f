"""Whether the clock is synchronised, how long the machine has been up, and which boot this is."""

import ctypes
from pathlib import Path

from readiness_agent.sensors import Readings, Unsensed
from readiness_agent.sysroot import ROOT, text

_TIME_ERROR = 5
_TIMEX_BYTES = 512


def read(root: Path) -> Readings:
    uptime = text(root, "proc/uptime")
    if uptime is None:
        raise Unsensed("no /proc/uptime")
    return {
        "synchronised": _synchronised(root),
        "uptime_s": float(uptime.split()[0]),
        "boot_id": text(root, "proc/sys/kernel/random/boot_id"),
    }


def _synchronised(root: Path) -> bool | None:
    """Ask the kernel (adjtimex with no mode set changes nothing); a recorded tree has only systemd's marker."""
    if (root / "run/systemd/timesync/synchronized").exists():
        return True
    if root != ROOT:
        return None
    state = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES))
    return None if state < 0 else state != _TIME_ERROR
