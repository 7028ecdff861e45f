"""Bounds what the processes of a benchmark measured: latency, throughput and peak memory."""

from collections.abc import Sequence
from itertools import accumulate

import msgspec
import numpy as np
import numpy.typing as npt

from readiness.evidence.benchmark import Latency
from readiness.evidence.bounded import Quantile
from readiness.measures import intervals, replicated

Floats = npt.NDArray[np.float64]
Bounds = tuple[float | None, float | None]

NS_PER_MS = 1e6


def latency(per_process_ns: Sequence[Sequence[int]]) -> Latency:
    """Bound the percentiles of timed runs, one series of ns per process, in ms; `max` is never clipped."""
    series = in_ms(per_process_ns)
    found = [rounded(replicated.quantile(series, q)) for q in (0.50, 0.90, 0.95, 0.99)]
    p50, p90, p95, p99 = ordered(found)
    most = max((float(one.max()) for one in series if one.size), default=0.0)
    return Latency(p50=p50, p90=p90, p95=p95, p99=p99, max=round(most, 4))


def in_ms(per_process_ns: Sequence[Sequence[int]]) -> list[Floats]:
    """Give each series in ms; the clock's smallest step stands for a run that took less than one."""
    return [np.maximum(np.asarray(samples, dtype=np.float64), 1.0) / NS_PER_MS for samples in per_process_ns]


def ordered(rising: Sequence[Quantile]) -> list[Quantile]:
    """Tighten bounds of rising quantiles by each other.

    What bounds a lower one from below bounds the higher too, and what bounds a higher one from above the lower.
    """
    lowers = accumulate((one.lower for one in rising), _most)
    uppers = list(accumulate((one.upper for one in reversed(rising)), _least))
    return [
        msgspec.structs.replace(one, lower=lower, upper=None if one.value is None else upper)
        for one, lower, upper in zip(rising, lowers, reversed(uppers), strict=True)
    ]


def _most(*bounds: float | None) -> float | None:
    return max((bound for bound in bounds if bound is not None), default=None)


def _least(*bounds: float | None) -> float | None:
    return min((bound for bound in bounds if bound is not None), default=None)


def throughput(runs: Sequence[int], seconds: Sequence[float]) -> tuple[float | None, Bounds]:
    """Give frames a second over all processes, and the t bounds of the processes' own rates; None below three."""
    if not sum(seconds):
        return None, (None, None)
    own = np.array([count / taken for count, taken in zip(runs, seconds, strict=True) if taken])
    upper = intervals.spread_upper(own)
    if upper is None:
        return sum(runs) / sum(seconds), (None, None)
    return sum(runs) / sum(seconds), (round(max(0.0, 2 * float(own.mean()) - upper), 3), round(upper, 3))


def rounded(quantile: Quantile) -> Quantile:
    """Keep four decimals, which of a ms are less than any clock tells."""
    parts = {name: getattr(quantile, name) for name in ("value", "lower", "upper")}
    return msgspec.structs.replace(
        quantile, **{name: None if part is None else round(part, 4) for name, part in parts.items()}
    )


def peak_upper(peaks_mib: Sequence[float]) -> float | None:
    """Bound the peak memory of one more process: the worst seen, or the t bound of their mean when that is higher."""
    spread = intervals.spread_upper(np.asarray(peaks_mib, dtype=np.float64))
    return None if spread is None else round(max(spread, *peaks_mib), 2)
