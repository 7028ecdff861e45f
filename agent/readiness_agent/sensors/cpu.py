"""The processor: its name, cores that are on, quota, governor, clock and the features that int8 models want."""

from pathlib import Path

from readiness_agent.sensors import Readings, Unsensed
from readiness_agent.sysroot import fields, integer, matches, text

_POLICIES = "sys/devices/system/cpu/cpufreq/policy*"
_FEATURES = ("asimddp", "fphp", "i8mm", "avx2", "avx512f", "avx512_vnni", "avx_vnni", "amx_tile")
# Arm cores carry a part number instead of a name (Arm's MIDR; implementer 0x41).
_ARM_PARTS = {"0xd03": "Cortex-A53", "0xd07": "Cortex-A57", "0xd08": "Cortex-A72", "0xd0b": "Cortex-A76"} | {
    "0xd42": "Cortex-A78AE"
}


def read(root: Path) -> Readings:
    said = text(root, "proc/cpuinfo")
    if said is None:
        raise Unsensed("no /proc/cpuinfo")
    cpu = fields(said)
    flags = (cpu.get("flags") or cpu.get("Features") or "").split()
    governors = {text(root, f"{policy}/scaling_governor") for policy in matches(root, _POLICIES)} - {None}
    return {
        "cpu": cpu.get("model name") or _ARM_PARTS.get(cpu.get("CPU part", "")) or cpu.get("CPU part"),
        "cores": online(text(root, "sys/devices/system/cpu/online")),
        "quota_cores": _quota(text(root, "sys/fs/cgroup/cpu.max")),
        "governor": ",".join(sorted(str(governor) for governor in governors)) or None,
        "frequency_mhz": _highest(root, "scaling_cur_freq"),
        "frequency_max_mhz": _highest(root, "cpuinfo_max_freq"),
        "features": " ".join(name for name in _FEATURES if name in flags) or None,
    }


def online(said: str | None) -> int | None:
    """Count the cores of a list such as `0-3,6`; None when the list cannot be read."""
    if not said:
        return None
    ends = [span.split("-") for span in said.split(",")]
    return sum(int(end[-1]) - int(end[0]) + 1 for end in ends)


def _quota(said: str | None) -> float | None:
    quota, _, period = (said or "max").partition(" ")
    return None if quota == "max" else int(quota) / int(period)


def _highest(root: Path, name: str) -> float | None:
    found = [integer(root, f"{policy}/{name}") for policy in matches(root, _POLICIES)]
    return max((khz / 1000 for khz in found if khz is not None), default=None)
