"""The memory that the model takes keeps growing.

Why: what grows by a little every frame fills the device in days, and the kernel then kills it without a word.

Fix: look for what is kept between frames (results, sessions, a growing arena), or restart the process on a schedule.
"""

from readiness.bounds import against_budget
from readiness.evidence.benchmark import Benchmark
from readiness.finding import Measure, Outcome, Severity, Step, Subject, clear, found, inapplicable, unknown
from readiness.profile import Profile

SEVERITY = Severity.BLOCK
_WEEK_H = 168.0
_NOISE_MIB_PER_H = 4.0  # what allocators and the page cache move about in a ten-minute run


def judge(benchmark: Benchmark, profile: Profile) -> Outcome:
    run, subject = benchmark.sustained, Subject("model", benchmark.model_name)
    if run is None or benchmark.runtime == "http":
        return inapplicable("no sustained run was asked for, or the model does not run here")
    step = Step(kind="benchmark", text="run it for longer: readiness-agent bench --duration 1800")
    slope = run.leak_mib_per_h
    if slope is None:
        return unknown(f"{run.seconds:.0f} s are too short to tell growth from noise", subject=subject, step=step)
    room = _room(benchmark, profile)
    limit = _NOISE_MIB_PER_H if room is None else max(_NOISE_MIB_PER_H, room / _WEEK_H)
    lower, upper = run.leak_bounds
    measure = Measure(measured=slope, limit=round(limit, 2), unit="MiB/h", interval=run.leak_bounds)
    because = f"private memory grew by {slope:.1f} MiB an hour over {run.seconds:.0f} s"
    answer = against_budget(lower, upper, limit)
    if answer == "clear":
        return clear(f"{because}, under {limit:.1f}", subject=subject, measure=measure)
    if answer == "found":
        full = "" if room is None else f"; at this rate the {room:.0f} MiB left are gone in {room / slope:.0f} h"
        mend = Step(kind="fix", text="find what the process keeps between frames, or restart it on a schedule")
        return found(f"{because}{full}", subject=subject, measure=measure, step=mend)
    return unknown(f"{because}; the bounds hold {limit:.1f}", subject=subject, measure=measure, step=step)


def _room(benchmark: Benchmark, profile: Profile) -> float | None:
    """Give the memory that is left: of the target's budget, or else of the device."""
    peak, budget = benchmark.memory_mib.peak_rss, profile.budget.memory_mib
    left = benchmark.memory_mib.headroom if peak is None or budget is None else budget - peak
    return None if left is None else max(0.0, left)
