"""Whether the clock is synchronised and survives a power cut, how long the machine is up, and which boot this is."""

import ctypes

from readiness_agent.sensors import Readings, Unsensed
from readiness_agent.sysroot import Tree, number

_TIME_ERROR = 5
_TIMEX_BYTES = 512


def read(tree: Tree) -> Readings:
    uptime = tree.text("proc/uptime")
    if uptime is None:
        raise Unsensed("no /proc/uptime")
    return {
        "synchronised": _synchronised(tree),
        "hardware_clock": bool(tree.matches("sys/class/rtc/rtc*")) if tree.exists("sys/class") else None,
        "uptime_s": number(next(iter(uptime.split()), None)),
        "boot_id": tree.text("proc/sys/kernel/random/boot_id"),
    }


def _synchronised(tree: Tree) -> bool | None:
    """Ask the kernel (adjtimex with no mode set changes nothing); a recorded tree has only systemd's marker."""
    if tree.exists("run/systemd/timesync/synchronized"):
        return True
    if not tree.live:
        return None
    state = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES))
    return None if state < 0 else state != _TIME_ERROR
