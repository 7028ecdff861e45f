"""Bounds a latency over several processes: within each by order statistics, between them by their spread."""

from collections.abc import Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from readiness.evidence.benchmark import Latency
from readiness.evidence.bounded import Quantile
from readiness.measures import intervals

Floats = npt.NDArray[np.float64]

_NS_PER_MS = 1e6


def latency(per_process_ns: Sequence[Sequence[int]]) -> Latency:
    """Bound the percentiles of timed runs, one series of ns per process, in ms; `max` is never clipped."""
    series = [np.asarray(samples, dtype=np.float64) / _NS_PER_MS for samples in per_process_ns]
    p50, p90, p95, p99 = ordered([bounded(series, q) for q in (0.50, 0.90, 0.95, 0.99)])
    most = max((float(one.max()) for one in series if one.size), default=0.0)
    return Latency(p50=p50, p90=p90, p95=p95, p99=p99, max=round(most, 4))


def ordered(rising: Sequence[Quantile]) -> list[Quantile]:
    """Tighten bounds of rising quantiles by each other: what bounds a lower one from below bounds the higher too."""
    lowers: list[float | None] = []
    for quantile in rising:
        known = [bound for bound in (*lowers[-1:], quantile.lower) if bound is not None]
        lowers.append(max(known, default=None))
    return [msgspec.structs.replace(quantile, lower=lower) for quantile, lower in zip(rising, lowers, strict=True)]


def bounded(series: Sequence[Floats], q: float) -> Quantile:
    """Bound one quantile of `series`, each of shape (runs,): the wider of pooled and between-process bounds.

    Runs of one process are alike, so the effective sample is that of the exceedance indicator's autocorrelation,
    summed over the processes; where processes differ more than their runs do, the t bound of their own quantiles
    counts.
    """
    pooled = np.concatenate([one for one in series if one.size] or [np.empty(0)])
    if not pooled.size:
        return Quantile(value=None, lower=None, upper=None, n_effective=0.0)
    threshold = np.quantile(pooled, q)
    effective = sum(intervals.effective_length((one > threshold).astype(np.float64)) for one in series if one.size)
    inner = intervals.quantile(pooled, q, n_effective=float(effective))
    if inner.value is None:
        return inner
    own = np.array([float(np.quantile(one, q)) for one in series if one.size])
    spread = intervals.spread_upper(own)
    if spread is None:
        return _rounded(inner)
    mean = float(own.mean())
    lower = None if inner.lower is None else min(inner.lower, 2 * mean - spread)
    if lower is not None and lower <= 0:
        lower = None  # the processes differ by so much that nothing is shown from below
    upper = None if inner.upper is None else max(inner.upper, spread)
    return _rounded(msgspec.structs.replace(inner, lower=lower, upper=upper))


def throughput(runs: Sequence[int], seconds: Sequence[float]) -> tuple[float | None, tuple[float | None, float | None]]:
    """Give frames a second over all processes, and the t bounds of the processes' own rates; None below three."""
    if not sum(seconds):
        return None, (None, None)
    own = np.array([count / taken for count, taken in zip(runs, seconds, strict=True) if taken])
    upper = intervals.spread_upper(own)
    if upper is None:
        return sum(runs) / sum(seconds), (None, None)
    return sum(runs) / sum(seconds), (round(max(0.0, 2 * float(own.mean()) - upper), 3), round(upper, 3))


def _rounded(quantile: Quantile) -> Quantile:
    parts = {name: getattr(quantile, name) for name in ("value", "lower", "upper")}
    return msgspec.structs.replace(
        quantile, **{name: None if part is None else round(part, 4) for name, part in parts.items()}
    )


def peak_upper(peaks_mib: Sequence[float]) -> float | None:
    """Bound the peak memory of one more process: the worst seen, or the t bound of their mean when that is higher."""
    spread = intervals.spread_upper(np.asarray(peaks_mib, dtype=np.float64))
    return None if spread is None else round(max(spread, *peaks_mib), 2)
