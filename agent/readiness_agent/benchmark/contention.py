"""Whether other work was on the cores: the workers' own waiting, the machine's pressure, a host that slowed down."""

from collections.abc import Iterable, Iterator
from statistics import mean

from readiness_agent.benchmark.course import Course, Reason, Repetition
from readiness_agent.benchmark.readings import counters, figure
from readiness_agent.worker.jobs import Measured

MOST_DELAY = 0.02
_MOST_DELAY_OF_ONE = 0.05
MOST_STALL_PERCENT = 10.0
_MOST_SWITCHES_PER_S = 100.0
_MOST_SLOWER = 1.10  # the limit of AndroidX Benchmark
_SAME_CLOCK = 0.95


def delay_share(repetitions: Iterable[Measured]) -> float | None:
    """Give the share of the timed loops that the workers waited for a core; None where Linux does not say."""
    known = [one for one in repetitions if one.run_delay_s is not None]
    wall = sum(one.wall_s for one in known)
    return sum(one.run_delay_s or 0.0 for one in known) / wall if wall else None


def reasons(course: Course) -> Iterator[Reason]:
    """Find other work on the cores.

    A worker that never waited was not disturbed, however many others waited for the cores that it took itself: the
    machine's pressure and the switches forced on a worker count only where its own waiting is not known.
    """
    measured = [one.measured for one in course.every]
    share = delay_share(measured)
    if share is None:
        yield from _by_others(course)
    else:
        each = [own for one in measured if (own := delay_share([one])) is not None]
        if share > MOST_DELAY:
            words = f"the runs waited {share:.1%} of the time for a core, {MOST_DELAY:.0%} is accepted"
            yield "contended", f"{words}{_pressure(course)}{_quota(course)}"
        elif max(each) > _MOST_DELAY_OF_ONE:
            words = f"one process waited {max(each):.1%} of the time for a core, {_MOST_DELAY_OF_ONE:.0%} is accepted"
            yield "contended", f"{words}{_pressure(course)}{_quota(course)}"
    yield from _slower_host(course.sustained)


def _by_others(course: Course) -> Iterator[Reason]:
    stall = _stall(course)
    if stall is not None and stall > MOST_STALL_PERCENT:
        limit = f"{MOST_STALL_PERCENT:g} % is accepted"
        yield "contended", f"tasks waited {stall:g} % of 10 s for a core right after a run, {limit}"
    wall = sum(one.measured.wall_s for one in course.every)
    switches = sum(one.measured.involuntary_switches for one in course.every)
    if wall and switches / wall > _MOST_SWITCHES_PER_S:
        limit = f"{_MOST_SWITCHES_PER_S:g} are accepted"
        yield "contended", f"the runs lost their core {switches / wall:.0f} times a second to other work, {limit}"


def _stall(course: Course) -> float | None:
    stalls = [figure(one.after, "pressure", "cpu_stall_percent") for one in course.every]
    return max((stall for stall in stalls if stall is not None), default=None)


def _pressure(course: Course) -> str:
    stall = _stall(course)
    return "" if stall is None else f"; tasks of the whole machine waited {stall:g} % of the 10 s after a run"


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
