"""The memory of this process and waiting, as Linux accounts for it, and what memory the system has left."""

from pathlib import Path

from readiness_agent.sysroot import ROOT, fields, text

_MIB = 1024


def reset_peak() -> None:
    """Reset VmHWM to the resident size now (Linux 4.0, /proc/self/clear_refs), so that imports do not count."""
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except OSError:
        return


def peak_mib() -> float | None:
    """Give VmHWM; a child's ru_maxrss would start at its parent's size."""
    return _kib("proc/self/status", "VmHWM")


def pss_mib() -> float | None:
    """Give the proportional share of resident memory (smaps_rollup, Linux 4.14)."""
    return _kib("proc/self/smaps_rollup", "Pss")


def uss_mib() -> float | None:
    """Give what would come back if this process ended: its private pages."""
    parts = [_kib("proc/self/smaps_rollup", key) for key in ("Private_Clean", "Private_Dirty")]
    known = [part for part in parts if part is not None]
    return sum(known) if len(known) == len(parts) else None


def available_mib() -> float | None:
    """Give MemAvailable: what the system could still hand out without swapping."""
    return _kib("proc/meminfo", "MemAvailable")


def run_delay_s() -> float | None:
    """Sum the time that this process's threads were ready to run and had no core (schedstat, field 2)."""
    said = [text(path, "schedstat") for path in Path("/proc/self/task").glob("*")]
    known = [int(one.split()[1]) for one in said if one]
    return sum(known) / 1e9 if known else None


def _kib(path: str, key: str) -> float | None:
    said = fields(text(ROOT, path)).get(key)
    return None if said is None else int(said.split()[0]) / _MIB
