"""Whether heat or a weak supply cut the clocks while a benchmark ran, or had already before it."""

from collections.abc import Iterator
from statistics import median

from readiness_agent.benchmark.course import Course, Reason, Repetition
from readiness_agent.benchmark.readings import counters, figure, reading
from readiness_agent.worker.jobs import Block

# The average over-current line (oc2) and the low-voltage line (oc1) mean lost clocks; oc3 counts on healthy boards.
_NOT_THROTTLING = {"oc3_events"}
_LOW_VOLTAGE = {"oc1_events"}
_NOW = {
    "throttled_now": "the clocks were cut for heat",
    "frequency_capped_now": "the firmware capped the clock",
    "soft_limit_now": "the soft temperature limit was at work",
    "over_current_now": "the supply's over-current alarm was on",
}
_NEAR_TRIP_C = 5.0
_CLOCK_LEFT = 0.9


def reasons(course: Course) -> Iterator[Reason]:
    """Find low voltage and throttling: by what was so at the moment, by counters that grew, and by falling clocks."""
    repetitions = course.every
    yield from _low_voltage(repetitions)
    yield from _at_work(repetitions)
    for name, count in _grown(repetitions).items():
        words = f"{name} grew by {count:g} during the run"
        yield ("undervolted", words) if name in _LOW_VOLTAGE else ("throttled", words)
    yield from _falling_clock(repetitions)


def _low_voltage(repetitions: list[Repetition]) -> Iterator[Reason]:
    if reading(repetitions[0].before, "throttling", "under_voltage") is True:
        yield "undervolted", "the supply voltage was too low before the run began"
    elif any(reading(one.after, "throttling", "under_voltage") is True for one in repetitions):
        yield "undervolted", "the supply voltage was too low during the run"


def _at_work(repetitions: list[Repetition]) -> Iterator[Reason]:
    """Find what cuts the clocks at the moments that were looked at, and say whether it did before the first run."""
    for name, words in _NOW.items():
        states = [(reading(one.before, "throttling", name), one) for one in repetitions]
        by = next((str(told) for one in repetitions if (told := reading(one.after, "throttling", "throttled_by"))), "")
        named = f" ({by})" if by and name == "throttled_now" else ""
        if states[0][0] is True:
            yield "throttled", f"{words} already before the run began{named}"
        elif any(reading(one.after, "throttling", name) is True or state is True for state, one in states):
            yield "throttled", f"{words} during the run{named}"


def _grown(repetitions: list[Repetition]) -> dict[str, float]:
    """Give how far each counter of lost clocks grew while workers ran."""
    grown: dict[str, float] = {}
    for one in repetitions:
        before = counters(one.before, "throttling")
        for name, count in counters(one.after, "throttling").items():
            if name in before and name not in _NOT_THROTTLING and count > before[name]:
                grown[name] = grown.get(name, 0.0) + count - before[name]
    return grown


def _falling_clock(repetitions: list[Repetition]) -> Iterator[Reason]:
    """Find a clock under its limit near the temperature at which it is cut, which tells where nothing is counted."""
    for one in repetitions:
        room_c = figure(one.after, "thermal", "headroom_c")
        limit_mhz = figure(one.before, "cpu", "frequency_limit_mhz")
        clock_mhz = _late_clock(one)
        if room_c is None or limit_mhz is None or clock_mhz is None or room_c > _NEAR_TRIP_C:
            continue
        if clock_mhz < _CLOCK_LEFT * limit_mhz:
            yield (
                "throttled",
                f"the clock fell to {clock_mhz:.0f} of {limit_mhz:.0f} MHz under load, {room_c:g} °C from the limit",
            )
            return


def _late_clock(one: Repetition) -> float | None:
    """Give the median clock of the last third of a process's blocks."""
    long = one.measured.sustained
    blocks: tuple[Block, ...] = one.measured.blocks if long is None else long.buckets
    clocks = [block.frequency_mhz for block in blocks if block.frequency_mhz is not None]
    return median(clocks[-max(1, len(clocks) // 3) :]) if clocks else None
