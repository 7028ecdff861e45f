"""Whether clocks are cut or the supply is low: now, since boot, and by counters whose growth during a run tells."""

import re

from readiness_agent import firmware, nvml
from readiness_agent.sensors import Readings, Unsensed
from readiness_agent.sensors.board import device_tree
from readiness_agent.sysroot import Tree, chips, integer

_CPU = "sys/devices/system/cpu/cpu*/thermal_throttle"
# The bits of the firmware's `get_throttled` (raspberrypi.com documentation, vcgencmd).
_PI_BITS = {"under_voltage": 0, "frequency_capped_now": 1, "throttled_now": 2, "soft_limit_now": 3} | {
    "under_voltage_since_boot": 16,
    "frequency_capped_since_boot": 17,
    "throttled_since_boot": 18,
    "soft_limit_since_boot": 19,
}
_OLD_PI_FILE = "sys/devices/platform/soc*/*firmware/get_throttled"
_OVER_CURRENT_LINES = (1, 2, 3)
# Cooling devices that slow the processor or the GPU. Fans cool without slowing; a display, a radio or a
# temperature offset is "cooled" for other reasons.
_SLOWING = re.compile(r"^(thermal-)?(cpufreq|devfreq|idle)-|balanced|throttle|heavy", re.IGNORECASE)
# A PC's processor throttles itself without these two; that they are at rest proves nothing.
_SLOWING_ON_DEMAND = {"Processor", "intel_powerclamp"}


def read(tree: Tree) -> Readings:
    """Give what this machine tells of throttling; a name that is absent is unknown.

    `*_now` and `under_voltage` hold at this moment, `*_since_boot` at some time since the start, `*_events` only grow.
    On healthy Orin boards oc3 (instantaneous over-current) grows too. Sources: the Pi firmware's get_throttled, the
    Linux drivers therm_throt, raspberrypi-hwmon, ina3221 and soctherm, and the thermal framework's cooling devices.
    """
    slowed, pi = _slowed(tree), _pi(tree)
    readings: Readings = {
        "core_throttle_events": _sum(tree, f"{_CPU}/core_throttle_count"),
        "package_throttle_events": _sum(tree, f"{_CPU}/package_throttle_count"),
        **_over_current(tree),
        **pi,
        **slowed,
        "throttled_now": slowed["throttled_now"] or pi.get("throttled_now", slowed["throttled_now"]),
    }
    known: Readings = {name: value for name, value in readings.items() if value is not None}
    if not known:
        raise Unsensed("no throttle counter, alarm or firmware word is readable here; throttling stays unknown")
    return known


def _sum(tree: Tree, pattern: str) -> int | None:
    counts = [tree.integer(path) for path in tree.matches(pattern)]
    known = [count for count in counts if count is not None]
    return sum(known) if known else None


def _pi(tree: Tree) -> Readings:
    """Read the firmware's word; without it the voltage monitor's alarm is all that is known."""
    word = _word(firmware.ask(tree, "get_throttled"), tree)
    if word is not None:
        return {name: bool(word >> bit & 1) for name, bit in _PI_BITS.items()}
    folder = next(iter(chips(tree, "rpi_volt")), None)
    if folder is None:
        return {}
    tree.note("frequency cap, throttling and soft limit are unknown: only the firmware tells (vcgencmd get_throttled)")
    alarm = tree.integer(f"{folder}/in0_lcrit_alarm")
    return {"under_voltage": None if alarm is None else bool(alarm)}


def _word(said: str | None, tree: Tree) -> int | None:
    """Read `throttled=0x50000`, else the deprecated file: hexadecimal without 0x, whose zero is not to be trusted.

    Old kernels gave zero there while the firmware said 0x80008 (raspberrypi/linux issue 2367).
    """
    found = re.fullmatch(r"throttled=0x([0-9a-fA-F]{1,8})", said or "")
    if found:
        return int(found[1], 16)
    for path in tree.matches(_OLD_PI_FILE):
        old = re.fullmatch(r"[0-9a-fA-F]{1,8}", tree.text(path) or "")
        if old and int(old[0], 16):
            return int(old[0], 16)
        tree.note(f"a zero is not to be trusted: /{path}")
    return None


def _over_current(tree: Tree) -> Readings:
    """Read a Jetson's over-current lines, and its power monitors' alarms, whose thresholds the board sets."""
    readings: Readings = {}
    lines = chips(tree, "soctherm_oc")
    if not lines and "nvidia,tegra" in (device_tree(tree, "compatible") or ""):
        tree.note("over-current lines are unknown: this kernel tells of them in its log only")
    for folder in lines:
        for line in _OVER_CURRENT_LINES:
            readings[f"oc{line}_events"] = integer(tree.text(f"{folder}/oc{line}_event_cnt"))
            enabled = integer(tree.text(f"{folder}/oc{line}_throt_en"))
            readings[f"oc{line}_throttles"] = None if enabled is None else bool(enabled)
    for name, kind in (("over_current_now", "crit"), ("over_current_warning_now", "max")):
        paths = [path for folder in chips(tree, "ina3221") for path in tree.matches(f"{folder}/curr[1-4]_{kind}_alarm")]
        alarms = [alarm for alarm in map(tree.integer, paths) if alarm is not None]
        readings[name] = any(alarms) if alarms else None
    return readings


def _slowed(tree: Tree) -> Readings:
    """Tell whether the kernel or NVIDIA's driver slows the processor or a GPU at this moment, and by what.

    A GPU that is not slowed says nothing of the processor.
    """
    at_work, told = _cooling(tree)
    for number, reasons in enumerate(nvml.slowed_by(tree)):
        at_work += [f"GPU {number}: {words}" for words in reasons or () if words != nvml.POWER_CAP]
    by = ", ".join(dict.fromkeys(at_work)) or None
    return {"throttled_now": True if by else (False if told else None), "throttled_by": by}


def _cooling(tree: Tree) -> tuple[list[str], bool]:
    """Give the cooling devices that slow something at this moment, and whether any tells when it does not."""
    at_work: list[str] = []
    told = False
    for device in tree.matches("sys/class/thermal/cooling_device*"):
        kind, state = tree.text(f"{device}/type") or "", integer(tree.text(f"{device}/cur_state"))
        slows = _SLOWING.search(kind) is not None
        if state is not None and (slows or kind in _SLOWING_ON_DEMAND):
            told |= slows
            at_work += [kind] * (state > 0)
    return at_work, told
