"""The course of a benchmark for its picture: latency, heat and clock over time, and the distribution in bounds."""

from collections.abc import Iterator, Sequence

import msgspec
import numpy as np

from readiness.measures import replicated
from readiness_agent.benchmark.bounding import Floats, in_ms, ordered
from readiness_agent.benchmark.course import Repetition
from readiness_agent.worker.jobs import Block

_SHARES = 100


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


def trace(repetitions: Sequence[Repetition]) -> Trace:
    """Draw up the course of the closed loops."""
    series = in_ms([one.measured.end_to_end_ns for one in repetitions])
    points = [tuple(_points(one, samples)) for one, samples in zip(repetitions, series, strict=True)]
    return Trace(processes=tuple(points), steps=tuple(_steps([one for one in series if one.size])))


def _points(repetition: Repetition, samples: Floats) -> Iterator[Point]:
    """Give a point for each block, and one for the whole loop where it was not told in blocks."""
    measured, begun = repetition.measured, 0
    for block in measured.blocks or (Block(start_s=0.0, runs=samples.size),):
        own, begun = samples[begun : begun + block.runs], begun + block.runs
        if own.size:
            yield Point(
                start_s=round(repetition.loop_s + block.start_s, 2),
                p50_ms=round(float(np.median(own)), 4),
                p95_ms=round(float(np.quantile(own, 0.95)), 4),
                temperature_c=block.temperature_c,
                frequency_mhz=block.frequency_mhz,
            )


def _steps(series: Sequence[Floats]) -> Iterator[Step]:
    """Give the least, each hundredth and the most of all runs; the ends of a distribution have no bounds."""
    if not series:
        return
    shares = [number / _SHARES for number in range(_SHARES + 1)]
    values = np.quantile(np.concatenate(series), shares)
    inner = ordered([replicated.quantile(series, share) for share in shares[1:-1]])
    bounds = [(None, None), *((one.lower, one.upper) for one in inner), (None, None)]
    for share, value, (lower, upper) in zip(shares, values.tolist(), bounds, strict=True):
        yield Step(
            share=share,
            value_ms=round(value, 4),
            lower_ms=None if lower is None else round(lower, 4),
            upper_ms=None if upper is None else round(upper, 4),
        )
