"""The processor: its name, cores that are on, quota, governor, clock and the features that int8 models want."""

from readiness_agent.sensors import Readings, Unsensed
from readiness_agent.sensors.cgroup import quota_cores
from readiness_agent.sysroot import Tree, fields, integer

_CPU = "sys/devices/system/cpu"
_FEATURES = ("asimddp", "fphp", "i8mm", "avx2", "avx512f", "avx512_vnni", "avx_vnni", "amx_tile")
# Arm cores carry a part number instead of a name (Arm's MIDR; implementer 0x41).
_ARM_PARTS = {"0xd03": "Cortex-A53", "0xd07": "Cortex-A57", "0xd08": "Cortex-A72", "0xd0b": "Cortex-A76"} | {
    "0xd42": "Cortex-A78AE"
}
# NVIDIA's own core has no part number that Arm lists (MIDR; implementer 0x4e).
_NVIDIA_PARTS = {"0x003": "NVIDIA Denver 2", "0x004": "NVIDIA Carmel"}


def read(tree: Tree) -> Readings:
    said = tree.text("proc/cpuinfo")
    if said is None:
        raise Unsensed("no /proc/cpuinfo")
    cpu = fields(said)
    flags = (cpu.get("flags") or cpu.get("Features") or "").split()
    policies = tree.matches(f"{_CPU}/cpufreq/policy*") or tree.matches(f"{_CPU}/cpu[0-9]*/cpufreq")
    return {
        "cpu": _name(cpu),
        "cores": online(tree.text(f"{_CPU}/online")),
        "cores_present": online(tree.text(f"{_CPU}/present")),
        "isolated": "none" if (isolated := tree.text(f"{_CPU}/isolated")) == "" else isolated,
        "smt": _switch(tree.text(f"{_CPU}/smt/active")),
        "quota_cores": quota_cores(tree),
        "governor": _all(tree, policies, "scaling_governor"),
        "frequency_driver": _all(tree, policies, "scaling_driver"),
        "energy_preference": _all(tree, policies, "energy_performance_preference"),
        "pstate": tree.text(f"{_CPU}/intel_pstate/status") or tree.text(f"{_CPU}/amd_pstate/status"),
        "turbo": _turbo(tree),
        "frequency_mhz": _highest(tree, policies, "scaling_cur_freq"),
        "frequency_limit_mhz": _highest(tree, policies, "scaling_max_freq"),
        "frequency_max_mhz": _highest(tree, policies, "cpuinfo_max_freq"),
        "features": " ".join(name for name in _FEATURES if name in flags) or None,
    }


def online(said: str | None) -> int | None:
    """Count the cores of a list such as `0-3,6`; None when the list cannot be read."""
    if not said:
        return None
    counts = [_length(span) for span in said.split(",")]
    known = [count for count in counts if count is not None and count > 0]
    return sum(known) if len(known) == len(counts) else None


def _length(span: str) -> int | None:
    ends = [integer(end) for end in span.split("-", 1)]
    first, last = ends[0], ends[-1]
    return None if first is None or last is None else last - first + 1


def _name(cpu: dict[str, str]) -> str | None:
    """Name the core by its part number where it has a known one; the name that an Arm kernel gives is any core's."""
    part = cpu.get("CPU part", "")
    known = _NVIDIA_PARTS if cpu.get("CPU implementer") == "0x4e" else _ARM_PARTS
    return known.get(part) or cpu.get("model name") or part or None


def _all(tree: Tree, policies: list[str], name: str) -> str | None:
    """Give what every cluster of cores has set, each value once."""
    said = {tree.text(f"{policy}/{name}") for policy in policies} - {None}
    return ",".join(sorted(str(one) for one in said)) or None


def _highest(tree: Tree, policies: list[str], name: str) -> float | None:
    found = [tree.integer(f"{policy}/{name}") for policy in policies]
    return max((khz / 1000 for khz in found if khz is not None), default=None)


def _switch(said: str | None) -> bool | None:
    return {"0": False, "1": True}.get(said or "")


def _turbo(tree: Tree) -> bool | None:
    """Tell whether clocks above the nominal one are allowed: intel_pstate says the contrary, cpufreq says it."""
    denied = _switch(tree.text(f"{_CPU}/intel_pstate/no_turbo"))
    return _switch(tree.text(f"{_CPU}/cpufreq/boost")) if denied is None else not denied
