"""Sums up a long run in one process: whether latency or memory grew, and whether the machine itself became slower."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from scipy import stats

from readiness.evidence.benchmark import Bucket, Sustained
from readiness.evidence.bounded import Quantile
from readiness.measures import intervals
from readiness_agent.benchmark.bounding import Bounds, in_ms
from readiness_agent.worker.jobs import Block, SustainedLoop

_FIFTHS = 5
_LEAST_BUCKETS = 5
_S_PER_H = 3600.0
Floats = npt.NDArray[np.float64]


def sustained(loop: SustainedLoop) -> Sustained:
    """Sum up the loop; what too short a run cannot tell stays None."""
    (samples,) = in_ms([loop.end_to_end_ns])
    ratio, ratio_bounds = growth(samples)
    leak, leak_bounds = _leak(loop.buckets)
    return Sustained(
        seconds=round(loop.seconds, 1),
        fps=loop.fps,
        buckets=tuple(_buckets(loop, samples)),
        ratio=ratio,
        ratio_bounds=ratio_bounds,
        leak_mib_per_h=leak,
        leak_bounds=leak_bounds,
        calibration_ms=loop.calibration_ms,
    )


def growth(samples: Floats) -> tuple[float | None, Bounds]:
    """Give the p95 of the last fifth of the runs, shape (runs,), over that of the first, and bounds of that.

    Each bound sets the one fifth's upper against the other's lower bound, so that it holds with more than 95 %.
    """
    size = samples.size // _FIFTHS
    first, last = (_p95(part) for part in (samples[:size], samples[samples.size - size :]))
    if first.value is None or last.value is None:
        return None, (None, None)
    lower = None if first.upper is None or last.lower is None else round(last.lower / first.upper, 4)
    upper = None if first.lower is None or last.upper is None else round(last.upper / first.lower, 4)
    return round(last.value / first.value, 4), (lower, upper)


def _p95(samples: Floats) -> Quantile:
    late = samples > np.quantile(samples, 0.95) if samples.size else np.zeros(0, dtype=np.bool_)
    effective = intervals.effective_length(late.astype(np.float64)) if samples.size else 0.0
    return intervals.quantile(samples, 0.95, n_effective=effective)


def _leak(buckets: tuple[Block, ...]) -> tuple[float | None, Bounds]:
    """Give the slope of USS in MiB an hour and its bounds (Theil 1950, Sen 1968), the first bucket left to settle."""
    known = [(one.start_s, one.uss_mib) for one in buckets[1:] if one.uss_mib is not None]
    if len(known) < _LEAST_BUCKETS:
        return None, (None, None)
    at_s, uss_mib = np.array(known, dtype=np.float64).T
    found = stats.theilslopes(uss_mib, at_s, alpha=0.90)
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
