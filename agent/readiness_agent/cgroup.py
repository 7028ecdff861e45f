"""Finds the control group that this process's memory is counted in, and reads what it says (cgroup versions 1 and 2)."""

from pathlib import Path

from readiness_agent.sysroot import fields, integer, text

_MOUNT = "sys/fs/cgroup"
_V1_MEMORY = f"{_MOUNT}/memory"
_MIB = 2**20
# Version 1 writes the greatest page-aligned number where no limit is set.
_NO_LIMIT = 1 << 60


def folders(root: Path) -> list[str]:
    """Give the folders of this process's memory cgroup under the root, its own first, then those around it.

    A container often sees its own group as the mount itself, under whatever name the host gave it: a folder that is
    not there is left out. None where no memory controller is mounted.
    """
    groups = [line.split(":", 2) for line in (text(root, "proc/self/cgroup") or "").splitlines()]
    v1 = [path for _, controllers, path in groups if "memory" in controllers.split(",")]
    v2 = [path for number, controllers, path in groups if (number, controllers) == ("0", "")]
    mount, paths = (_V1_MEMORY, v1) if v1 else (_MOUNT, v2)
    if not paths:
        return []
    inside = Path(paths[0].strip("/"))
    found = [str(Path(mount, part)) for part in (inside, *inside.parents)]
    return [folder for folder in dict.fromkeys(found) if (root / folder).is_dir()]


def peak_mib(root: Path) -> float | None:
    """Give the most that the whole group ever used (memory.peak: version 2, Linux 5.19); None where it is not told."""
    own = folders(root)[:1]
    peak = integer(root, f"{own[0]}/memory.peak") if own else None
    return None if peak is None else peak / _MIB


def room_mib(root: Path) -> float | None:
    """Give what this process may still take under the limits of its group and of those around it; None without one.

    Page cache that can be dropped (`inactive_file`) counts as room, as in Kubernetes' working set.
    """
    rooms = [_room(root, folder) for folder in folders(root)]
    return min((room for room in rooms if room is not None), default=None)


def _room(root: Path, folder: str) -> float | None:
    limit, used = (
        next((n for name in names if (n := integer(root, f"{folder}/{name}")) is not None), None)
        for names in (("memory.max", "memory.limit_in_bytes"), ("memory.current", "memory.usage_in_bytes"))
    )
    if limit is None or used is None or limit >= _NO_LIMIT:
        return None
    idle = int(fields(text(root, f"{folder}/memory.stat"), " ").get("inactive_file", 0))
    return max(0, limit - max(0, used - idle)) / _MIB


def out_of_memory_kills(root: Path) -> int | None:
    """Count what the kernel has killed for lack of memory: in this group, else on the machine; None if neither says."""
    own = folders(root)[:1]
    places = [f"{folder}/{name}" for folder in own for name in ("memory.events", "memory.oom_control")]
    for place in (*places, "proc/vmstat"):
        kills = fields(text(root, place), " ").get("oom_kill")
        if kills is not None:
            return int(kills)
    return None
