"""Times a small fixed computation, which tells a machine that became slower from a model that did."""

import time
from statistics import median

_REPEATS = 11
_STEPS = 40_000


def calibration_ms() -> float:
    """Give the median time of a few milliseconds' work: integers alone, one thread, no memory to speak of."""
    return median(_timed_ns() for _ in range(_REPEATS)) / 1e6


def _timed_ns() -> int:
    begun = time.perf_counter_ns()
    state = 1
    for _ in range(_STEPS):  # a linear congruential generator (Park and Miller 1988)
        state = state * 48_271 % 0x7FFFFFFF
    return time.perf_counter_ns() - begun
