"""Load and pressure stall information: how busy the machine is beside us (Linux PSI, kernel 4.20)."""

from pathlib import Path

from readiness_agent.sensors import Readings, Unsensed
from readiness_agent.sysroot import text


def read(root: Path) -> Readings:
    load = text(root, "proc/loadavg")
    if load is None:
        raise Unsensed("no /proc/loadavg")
    one, five, fifteen = (float(part) for part in load.split()[:3])
    stalls: Readings = {f"{kind}_stall_percent": _stall(root, kind) for kind in ("cpu", "memory", "io")}
    return {"load_1m": one, "load_5m": five, "load_15m": fifteen, **stalls}


def _stall(root: Path, kind: str) -> float | None:
    """Give the share of the last 10 s in which some task waited; None where the kernel keeps no PSI."""
    some = (text(root, f"proc/pressure/{kind}") or "").splitlines()
    words = some[0].split() if some else []
    return next((float(word[6:]) for word in words if word.startswith("avg10=")), None)
