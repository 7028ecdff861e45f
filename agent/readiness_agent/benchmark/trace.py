"""The course of a benchmark for its picture: latency, heat and clock over time, and the distribution with its bounds."""

import msgspec


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """One stretch of a process, `start_s` after the benchmark began: end-to-end latency and the board's state."""

    start_s: float
    p50_ms: float
    p95_ms: float
    temperature_c: float | None = None
    frequency_mhz: float | None = None


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One point of the distribution: `share` of the runs took `value_ms` or less; one-sided 95 % bounds beside."""

    share: float
    value_ms: float
    lower_ms: float | None
    upper_ms: float | None


class Trace(msgspec.Struct, frozen=True, kw_only=True):
    """`processes` has the points of each repetition in the order of their run; `steps` rise from share 0 to 1."""

    processes: tuple[tuple[Point, ...], ...] = ()
    steps: tuple[Step, ...] = ()
