"""What the control group allows this process and what it has cost it: quota, memory, and kills for lack of it."""

import re

from readiness_agent.sensors import Readings, Unsensed
from readiness_agent.sysroot import Tree, fields, integer

_MOUNT = "sys/fs/cgroup"
# The folders that version 1 mounts a controller under; cpu and cpuacct often share one.
_V1_CPU, _V1_MEMORY = ("cpu,cpuacct", "cpu"), ("memory",)
# Version 1 writes "no limit" as the largest multiple of the page size that fits.
_NO_LIMIT = 1 << 60


def read(tree: Tree) -> Readings:
    version = _version(tree)
    if version is None:
        raise Unsensed("no control groups under /sys/fs/cgroup")
    memory, cpu = _folder(tree, _V1_MEMORY), _folder(tree, _V1_CPU)
    current, peak, kills, denied = (
        ("memory.current", "memory.peak", "memory.events", "cpu.stat")
        if version == 2
        else ("memory.usage_in_bytes", "memory.max_usage_in_bytes", "memory.oom_control", "cpu.stat")
    )
    return {
        "version": version,
        "quota_cores": quota_cores(tree),
        "memory_limit_mib": memory_limit_mib(tree),
        "memory_mib": _mib(_integer(tree, memory, current)),
        "memory_peak_mib": _mib(_integer(tree, memory, peak)),
        "oom_kill_events": _count(tree, memory, kills, "oom_kill"),
        "quota_throttled_events": _count(tree, cpu, denied, "nr_throttled"),
    }


def quota_cores(tree: Tree) -> float | None:
    """Give how many cores' worth of time this process may use; None where no quota is set.

    The tightest quota from the process's own group up to the root of the hierarchy holds.
    """
    quotas = [_quota(tree, folder) for folder in _upwards(_folder(tree, _V1_CPU))]
    return min((quota for quota in quotas if quota is not None), default=None)


def memory_limit_mib(tree: Tree) -> float | None:
    """Give the tightest memory limit in MiB from the process's own group up; None where none is set."""
    name = "memory.max" if _version(tree) == 2 else "memory.limit_in_bytes"
    said = [integer(tree.text(f"{folder}/{name}")) for folder in _upwards(_folder(tree, _V1_MEMORY))]
    return _mib(min((limit for limit in said if limit is not None and 0 <= limit < _NO_LIMIT), default=None))


def memory_folders(tree: Tree) -> list[str]:
    """Give the folder of the group that this process's memory is counted in, and those above it; none where unknown."""
    return [folder for folder in _upwards(_folder(tree, _V1_MEMORY)) if tree.exists(folder)]


def _version(tree: Tree) -> int | None:
    if tree.matches(f"{_MOUNT}/cgroup.controllers") or tree.matches(f"{_MOUNT}/cpu.max"):
        return 2
    return 1 if tree.matches(f"{_MOUNT}/memory") or tree.matches(f"{_MOUNT}/cpu*") else None


def _folder(tree: Tree, controllers: tuple[str, ...]) -> str | None:
    """Give the folder of this process's own group; inside a container the path of the host may not be mounted."""
    mount, path = _MOUNT, ""
    for line in (tree.text("proc/self/cgroup") or "").splitlines():
        number, named, own = (*line.split(":", 2), "", "")[:3]
        if (_version(tree) == 2 and number == "0") or set(named.split(",")) & set(controllers):
            path = re.sub(r"/+$", "", own.strip())
    if _version(tree) != 2:
        mount = next((f"{_MOUNT}/{name}" for name in controllers if tree.exists(f"{_MOUNT}/{name}")), "")
    if ".." in path.split("/") or not tree.exists(f"{mount}{path}"):
        path = ""
    return f"{mount}{path}" if mount else None


def _upwards(folder: str | None) -> list[str]:
    """Give a group's folder and those above it, down to the mount."""
    parts = (folder or "").removeprefix(_MOUNT).strip("/").split("/")
    deep_first = [] if folder is None else range(len(parts), -1, -1)
    return ["/".join((_MOUNT, *parts[:deep])).rstrip("/") for deep in deep_first]


def _quota(tree: Tree, folder: str) -> float | None:
    if _version(tree) == 2:
        said, _, period = (tree.text(f"{folder}/cpu.max") or "max").partition(" ")
        quota, length = integer(said), integer(period)
    else:
        quota, length = (integer(tree.text(f"{folder}/cpu.cfs_{name}_us")) for name in ("quota", "period"))
    return round(quota / length, 3) if quota is not None and quota > 0 and length else None


def _integer(tree: Tree, folder: str | None, name: str) -> int | None:
    return None if folder is None else integer(tree.text(f"{folder}/{name}"))


def _count(tree: Tree, folder: str | None, name: str, key: str) -> int | None:
    return None if folder is None else integer(fields(tree.text(f"{folder}/{name}"), " ").get(key))


def _mib(size: int | None) -> float | None:
    return None if size is None else round(size / 2**20, 1)
