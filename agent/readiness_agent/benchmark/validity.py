"""Whether a benchmark was disturbed: by other work, heat, low voltage, a silent fallback, or too few runs."""

from collections.abc import Iterable, Sequence
from typing import Any

from readiness.evidence.benchmark import Latency, Validity
from readiness.evidence.device import Sensed
from readiness.measures.intervals import sample_floor
from readiness_agent.worker.jobs import Measured

MOST_DELAY = 0.02
MOST_STALL_PERCENT = 10.0
# The average over-current line (oc2) and the low-voltage line (oc1) mean lost clocks; oc3 counts on healthy boards.
_NOT_THROTTLING = {"oc3_events"}

Readings = dict[str, Any]
Reason = tuple[Validity, str]


def readings(sensed: Iterable[Sensed], sensor: str) -> Readings:
    """Give one sensor's readings, none when it failed."""
    return next((dict(one.readings) for one in sensed if one.sensor == sensor), {})


def delay_share(repetitions: Sequence[Measured]) -> float | None:
    """Give the share of the timed loops that the workers waited for a core; None where Linux does not say."""
    delays = [one.run_delay_s for one in repetitions if one.run_delay_s is not None]
    wall = sum(one.wall_s for one in repetitions)
    return sum(delays) / wall if delays and wall else None


def judge(
    repetitions: Sequence[Measured],
    sensed: Sequence[tuple[tuple[Sensed, ...], tuple[Sensed, ...]]],
    latency: Latency,
    fell_back: str,
) -> tuple[Validity, tuple[str, ...]]:
    """Name the gravest disturbance, and the reasons of all; `sensed` is (before, after) of each repetition."""
    found: list[Reason] = []
    if fell_back:
        found.append(("fallback", fell_back))
    if latency.p95.value is None:
        needed = sample_floor(0.95)
        found.append(
            ("insufficient", f"p95 needs {needed} independent runs, these are worth {latency.p95.n_effective:g}")
        )
    found += _supply(sensed)
    found += _company(repetitions, sensed)
    restless = sum(1 for one in repetitions if not one.steady)
    if restless:
        found.append(("unsteady", f"{restless} of {len(repetitions)} processes never ran steadily in the warm-up"))
    return (found[0][0] if found else "valid"), tuple(words for _, words in found)


def _supply(sensed: Sequence[tuple[tuple[Sensed, ...], tuple[Sensed, ...]]]) -> list[Reason]:
    """Find low voltage and throttling by what the counters gained during the repetitions."""
    found: list[Reason] = []
    pairs = [(readings(before, "throttling"), readings(after, "throttling")) for before, after in sensed]
    if any(state.get("under_voltage") for pair in pairs for state in pair):
        found.append(("undervolted", "the supply voltage was too low during the run"))
    gained: dict[str, int] = {}
    for before, after in pairs:
        for name, count in after.items():
            if name.endswith("_events") and name in before and name not in _NOT_THROTTLING:
                gained[name] = gained.get(name, 0) + count - before[name]
    found += [("throttled", f"{name} grew by {count} during the run") for name, count in gained.items() if count > 0]
    return found


def _company(
    repetitions: Sequence[Measured], sensed: Sequence[tuple[tuple[Sensed, ...], tuple[Sensed, ...]]]
) -> list[Reason]:
    """Find other work on the cores: the workers' own waiting, and the machine's pressure right after a run."""
    found: list[Reason] = []
    share = delay_share(repetitions)
    if share is not None and share > MOST_DELAY:
        found.append(("contended", f"the runs waited {share:.1%} of the time for a core, {MOST_DELAY:.0%} is accepted"))
    stalls = [readings(after, "pressure").get("cpu_stall_percent") for _, after in sensed]
    worst = max((float(stall) for stall in stalls if stall is not None), default=0.0)
    if worst > MOST_STALL_PERCENT:
        limit = f"{MOST_STALL_PERCENT:g} % is accepted"
        found.append(("contended", f"tasks waited {worst:g} % of 10 s for a core right after a run, {limit}"))
    return found
