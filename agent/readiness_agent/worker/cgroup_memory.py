"""What the control group lets this process take, what it took at most, and what it was killed for."""

from readiness_agent.sensors.cgroup import memory_folders
from readiness_agent.sysroot import Tree, fields, integer

_MIB = 2**20
# Version 1 writes "no limit" as the largest multiple of the page size that fits.
_NO_LIMIT = 1 << 60


def peak_mib(tree: Tree) -> float | None:
    """Give the most that the whole group ever took (memory.peak: version 2, Linux 5.19); None where it is not told."""
    own = memory_folders(tree)[:1]
    peak = integer(tree.text(f"{own[0]}/memory.peak")) if own else None
    return None if peak is None else peak / _MIB


def room_mib(tree: Tree) -> float | None:
    """Give what may still be taken under the limits of the group and of those above it; None where none is set.

    Page cache that can be dropped (`inactive_file`) counts as room, as in Kubernetes' working set.
    """
    rooms = [_room(tree, folder) for folder in memory_folders(tree)]
    return min((room for room in rooms if room is not None), default=None)


def out_of_memory_kills(tree: Tree) -> int | None:
    """Count what the kernel has killed for lack of memory: in this group, else on the machine; None if neither says."""
    own = memory_folders(tree)[:1]
    places = [f"{folder}/{name}" for folder in own for name in ("memory.events", "memory.oom_control")]
    for place in (*places, "proc/vmstat"):
        kills = integer(fields(tree.text(place), " ").get("oom_kill"))
        if kills is not None:
            return kills
    return None


def _room(tree: Tree, folder: str) -> float | None:
    limit = _first(tree, folder, ("memory.max", "memory.limit_in_bytes"))
    used = _first(tree, folder, ("memory.current", "memory.usage_in_bytes"))
    if limit is None or used is None or not 0 <= limit < _NO_LIMIT:
        return None
    idle = integer(fields(tree.text(f"{folder}/memory.stat"), " ").get("inactive_file")) or 0
    return max(0, limit - max(0, used - idle)) / _MIB


def _first(tree: Tree, folder: str, names: tuple[str, str]) -> int | None:
    """Read the first of the two versions' files that is there."""
    said = (integer(tree.text(f"{folder}/{name}")) for name in names)
    return next((number for number in said if number is not None), None)
