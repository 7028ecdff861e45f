"""Records what a benchmark's numbers hold for: the machine's state before and after, and how the runs were made."""

import os
from statistics import median

from readiness_agent.benchmark.contention import delay_share, stall_share
from readiness_agent.benchmark.course import Course, Plan
from readiness_agent.benchmark.readings import counters, figure, reading
from readiness_agent.worker.jobs import Surveyed

Conditions = dict[str, str | int | float | bool | None]

# What is read once, before the first process: (key, sensor, reading).
_STATE = (
    ("power_mode", "power", "power_mode"),
    ("governor", "cpu", "governor"),
    ("cores", "cpu", "cores"),
    ("turbo", "cpu", "turbo"),
    ("frequency_limit_mhz", "cpu", "frequency_limit_mhz"),
    ("frequency_max_mhz", "cpu", "frequency_max_mhz"),
    ("quota_cores", "cgroup", "quota_cores"),
    ("memory_limit_mib", "cgroup", "memory_limit_mib"),
    ("memory_available_mib", "memory", "available_mib"),
    ("swap_total_mib", "memory", "swap_total_mib"),
    ("zram_mib", "memory", "zram_mib"),
    ("memory_stall_percent", "pressure", "memory_stall_percent"),
    ("io_stall_percent", "pressure", "io_stall_percent"),
    ("load_1m_before", "pressure", "load_1m"),
    ("virtual_machine", "board", "virtual"),
    ("container", "board", "container"),
    ("clock_synchronised", "clock", "synchronised"),
    ("uptime_s", "clock", "uptime_s"),
    ("throttled_by", "throttling", "throttled_by"),
    ("under_voltage_since_boot", "throttling", "under_voltage_since_boot"),
    ("throttled_since_boot", "throttling", "throttled_since_boot"),
)
# What is read before the first process and after the last.
_COURSE = (
    ("temperature", "c", "thermal", "max_c"),
    ("trip_distance", "c", "thermal", "headroom_c"),
    ("frequency", "mhz", "cpu", "frequency_mhz"),
    ("power", "mw", "power", "total_mw"),
)


def conditions(course: Course, frames: Surveyed, plan: Plan) -> Conditions:
    """Give the conditions, flat, each with its unit in its name; None is unknown."""
    first, last = course.every[0].before, course.every[-1].after
    before = {f"{name}_before_{unit}": figure(first, sensor, key) for name, unit, sensor, key in _COURSE}
    after = {f"{name}_after_{unit}": figure(last, sensor, key) for name, unit, sensor, key in _COURSE}
    return {
        **{key: reading(first, sensor, name) for key, sensor, name in _STATE},
        **before,
        **after,
        "throttling_watched": any(one.sensor == "throttling" and one.ok for one in first),
        "quota_throttled": _growth(course, "quota_throttled_events"),
        "affinity_cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None,
        **_runs(course, plan),
        "frames_skipped": frames.skipped.total,
        "frames_repeated": frames.repeated.total,
        "frames_changed": frames.changed.total,
    }


def _runs(course: Course, plan: Plan) -> Conditions:
    """Tell how the runs were made, and what they waited for."""
    measured = [one.measured for one in course.repetitions]
    share = delay_share(one.measured for one in course.every)
    stall = stall_share(one.measured for one in course.every)
    threads = course.candidate.load.threads
    return {
        "threads": threads,
        "processes_planned": course.planned,
        "fps_asked": plan.fps,
        "warm_up_runs": sum(one.warm_up_runs for one in measured),
        "first_inference_ms": round(median(one.first_inference_ms for one in measured), 3),
        "run_delay_share": None if share is None else round(share, 5),
        "involuntary_switches": sum(one.involuntary_switches for one in measured),
        "machine_stall_share": None if stall is None else round(stall, 5),
    }


def _growth(course: Course, name: str) -> float | None:
    """Give how far a counter of the control group grew over the processes; None where it is not kept."""
    pairs = [
        (counters(one.before, "cgroup").get(name), counters(one.after, "cgroup").get(name)) for one in course.every
    ]
    known = [after - before for before, after in pairs if before is not None and after is not None]
    return sum(known) if known else None
