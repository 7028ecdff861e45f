"""Whether other work was on the cores: the workers' own waiting, the machine's pressure, a host that slowed down."""

from collections.abc import Iterable, Iterator, Sequence
from statistics import mean

from readiness_agent.benchmark.course import Course, Reason, Repetition
from readiness_agent.benchmark.readings import counters
from readiness_agent.worker.jobs import Measured

_MOST_DELAY = 0.02
_MOST_DELAY_OF_ONE = 0.05
_MOST_STALL = 0.10
_MOST_SWITCHES_PER_S = 100.0
_MOST_SLOWER = 1.10  # the limit of AndroidX Benchmark
_SAME_CLOCK = 0.95


def delay_share(repetitions: Iterable[Measured]) -> float | None:
    """Give the share of the timed loops that the workers waited for a core; None where Linux does not say."""
    return _share((one.run_delay_s, one.wall_s) for one in repetitions)


def stall_share(repetitions: Iterable[Measured]) -> float | None:
    """Give the share of the timed loops in which some task of the machine waited for a core; None without Linux PSI."""
    return _share((one.machine_stall_s, one.wall_s) for one in repetitions)


def _share(parts: Iterable[tuple[float | None, float]]) -> float | None:
    known = [(waited_s, wall_s) for waited_s, wall_s in parts if waited_s is not None]
    wall = sum(wall_s for _, wall_s in known)
    return sum(waited_s for waited_s, _ in known) / wall if wall else None


def reasons(course: Course) -> Iterator[Reason]:
    """Find other work on the cores: what the runs waited for it, or else what it waited for them.

    The scheduler may favour a worker so far that others alone wait; where the model is deployed it need not.
    """
    measured = [one.measured for one in course.every]
    share, stall = delay_share(measured), stall_share(measured)
    each = [own for one in measured if (own := delay_share([one])) is not None]
    if share is not None and share > _MOST_DELAY:
        words = f"the runs waited {share:.1%} of the time for a core, {_MOST_DELAY:.0%} is accepted"
        yield "contended", f"{words}{_machine(stall)}{_quota(course)}"
    elif max(each, default=0.0) > _MOST_DELAY_OF_ONE:
        words = f"one process waited {max(each):.1%} of the time for a core, {_MOST_DELAY_OF_ONE:.0%} is accepted"
        yield "contended", f"{words}{_machine(stall)}{_quota(course)}"
    elif stall is not None and stall > _MOST_STALL:
        words = f"other tasks waited for a core {stall:.1%} of the time, {_MOST_STALL:.0%} is accepted"
        yield "contended", f"{words}: the machine has more work than cores"
    elif share is None:
        yield from _switched(measured)
    yield from _slower_host(course.sustained)


def _machine(stall: float | None) -> str:
    return "" if stall is None else f"; some task of the whole machine did {stall:.1%} of it"


def _switched(measured: Sequence[Measured]) -> Iterator[Reason]:
    wall = sum(one.wall_s for one in measured)
    switches = sum(one.involuntary_switches for one in measured)
    if wall and switches / wall > _MOST_SWITCHES_PER_S:
        limit = f"{_MOST_SWITCHES_PER_S:g} are accepted"
        yield "contended", f"the runs lost their core {switches / wall:.0f} times a second to other work, {limit}"


def _quota(course: Course) -> str:
    """Say when it was the control group's own quota that held the runs back."""
    name = "quota_throttled_events"
    first, last = counters(course.every[0].before, "cgroup"), counters(course.every[-1].after, "cgroup")
    grown = last.get(name, 0.0) - first.get(name, 0.0)
    return f"; the control group's quota held it back {grown:.0f} times" if grown > 0 else ""


def _slower_host(long: Repetition | None) -> Iterator[Reason]:
    """Find a host that changed under a sustained run: a fixed computation got slower, the clock did not."""
    loop = None if long is None else long.measured.sustained
    if loop is None or loop.calibration_ms is None:
        return
    before, after = loop.calibration_ms
    clocks = [one.frequency_mhz for one in loop.buckets if one.frequency_mhz is not None]
    fifth = max(1, len(clocks) // 5)
    fell = bool(clocks) and mean(clocks[-fifth:]) < _SAME_CLOCK * mean(clocks[:fifth])
    if before > 0 and after > _MOST_SLOWER * before and not fell:
        clock = "and the clock did not fall" if clocks else "and the clock is not known"
        times = f"{before:.2f} ms before the sustained run and {after:.2f} ms after it"
        yield "contended", f"a fixed computation took {times}, {clock}: the machine became slower by itself"
