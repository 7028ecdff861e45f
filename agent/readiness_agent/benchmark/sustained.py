"""Sums up a long run in one process: whether latency or memory grew, and whether the machine itself became slower."""

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import stats

from readiness.evidence.benchmark import Bucket, Sustained
from readiness.evidence.bounded import Quantile
from readiness.measures import intervals
from readiness_agent.benchmark.bounding import Bounds, in_ms, rounded
from readiness_agent.worker.jobs import Block, SustainedLoop

_FIFTHS = 5
_LEAST_BUCKETS = 5
_BLOCKS, _LEAST_BLOCKS, _BLOCK_RUNS = 10, 5, 12
_S_PER_H = 3600.0
Floats = npt.NDArray[np.float64]


def sustained(loop: SustainedLoop) -> Sustained:
    """Sum up the loop; what too short a run cannot tell stays None."""
    (samples,) = in_ms([loop.end_to_end_ns])
    ratio, ratio_bounds, last = growth(samples)
    leak, leak_bounds = _leak(loop.buckets)
    return Sustained(
        seconds=round(loop.seconds, 1),
        fps=loop.fps,
        buckets=tuple(_buckets(loop, samples)),
        ratio=ratio,
        ratio_bounds=ratio_bounds,
        leak_mib_per_h=leak,
        leak_bounds=leak_bounds,
        p95_last_ms=last,
        calibration_ms=loop.calibration_ms,
    )


class _Fifth(NamedTuple):
    """The p95 of a fifth of the runs in ms, and of its logarithm the standard error and that error's freedom."""

    p95_ms: float
    error: float
    freedom: int
    n_effective: float


def growth(samples: Floats) -> tuple[float | None, Bounds, Quantile | None]:
    """Give the p95 of the last fifth of the runs, shape (runs,), over that of the first, its bounds, and that p95.

    A run that slows down is no stationary series, so the error of each p95 is that of its blocks' own, in logarithms:
    a drift within a fifth widens the bounds (batch means: Law and Kelton 1991).
    """
    size = samples.size // _FIFTHS
    first, last = (_fifth(part) for part in (samples[:size], samples[samples.size - size :]))
    if first is None or last is None:
        return None, (None, None), None
    ratio = last.p95_ms / first.p95_ms
    error = math.hypot(first.error, last.error)
    width = math.exp(float(stats.t.ppf(0.95, min(first.freedom, last.freedom))) * error)
    own = math.exp(float(stats.t.ppf(0.95, last.freedom)) * last.error)
    p95 = Quantile(
        value=last.p95_ms, lower=last.p95_ms / own, upper=last.p95_ms * own, n_effective=round(last.n_effective, 1)
    )
    return round(ratio, 4), (round(ratio / width, 4), round(ratio * width, 4)), rounded(p95)


def _fifth(samples: Floats) -> _Fifth | None:
    """Sum up a fifth; None where it has too few runs for blocks."""
    count = min(_BLOCKS, samples.size // _BLOCK_RUNS)
    if count < _LEAST_BLOCKS:
        return None
    own = np.log([np.quantile(block, 0.95) for block in np.array_split(samples, count)])
    p95 = float(np.quantile(samples, 0.95))
    effective = intervals.effective_length((samples > p95).astype(np.float64))
    return _Fifth(p95, float(own.std(ddof=1)) / math.sqrt(count), count - 1, effective)


def _leak(buckets: tuple[Block, ...]) -> tuple[float | None, Bounds]:
    """Give the slope of the memory that the process made itself, in MiB an hour, and its bounds.

    The first bucket is left to settle; the slope is the median of all pairwise ones (Theil 1950, Sen 1968).
    """
    known = [(one.start_s, one.anonymous_mib) for one in buckets[1:] if one.anonymous_mib is not None]
    if len(known) < _LEAST_BUCKETS:
        return None, (None, None)
    at_s, mib = np.array(known, dtype=np.float64).T
    found = stats.theilslopes(mib, at_s, alpha=0.90)
    slope, low, high = (round(float(part) * _S_PER_H, 3) + 0.0 for part in (found[0], found[2], found[3]))
    return slope, (low, high)


def _buckets(loop: SustainedLoop, samples: Floats) -> Iterator[Bucket]:
    missed = [*loop.missed, *[0] * len(loop.buckets)]
    begun = 0
    for late, block in zip(missed, loop.buckets, strict=False):
        own, begun = samples[begun : begun + block.runs], begun + block.runs
        enough = own.size >= intervals.sample_floor(0.95)
        yield Bucket(
            start_s=round(block.start_s, 2),
            runs=block.runs,
            p50_ms=round(float(np.median(own)), 4) if own.size else None,
            p95_ms=round(float(np.quantile(own, 0.95)), 4) if enough else None,
            temperature_c=block.temperature_c,
            frequency_mhz=block.frequency_mhz,
            uss_mib=block.uss_mib,
            missed=late,
        )
