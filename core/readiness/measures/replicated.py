"""Bounds for a quantile of runs that were made in several processes, each with a speed of its own."""

import math
from collections.abc import Sequence

import numpy as np
from scipy import optimize, special, stats

from readiness.evidence.bounded import Quantile
from readiness.measures import intervals
from readiness.measures.intervals import Floats

_KNOTS = 1024  # of the pooled distribution: a hundredth of its spread at p95


def quantile(series: Sequence[Floats], q: float, confidence: float = 0.95) -> Quantile:
    """Bound quantile `q` of what any process will ever take; `series` has the samples of each, shape (runs,), above 0.

    What is bounded is the quantile of the mixture over processes and time. Each bound is the wider of two:
    the order statistic of all samples on their effective number, which is that of the exceedances' autocorrelation
    summed over the processes (`intervals.effective_length`); and `between`, which knows how far processes differ.
    A single process says nothing of the others, so it bounds nothing. Under the sample floor there is no value.
    """
    known = [one for one in series if one.size]
    if not known:
        return Quantile(value=None, lower=None, upper=None, n_effective=0.0)
    pooled = np.concatenate(known)
    threshold = np.quantile(pooled, q)
    effective = sum(intervals.effective_length((one > threshold).astype(np.float64)) for one in known)
    inner = intervals.quantile(pooled, q, confidence, n_effective=float(effective))
    low, high = between(known, q, confidence)
    lower = None if inner.lower is None or low is None else min(inner.lower, low)
    upper = None if inner.upper is None or high is None else max(inner.upper, high)
    return Quantile(value=inner.value, lower=lower, upper=upper, n_effective=inner.n_effective)


def between(series: Sequence[Floats], q: float, confidence: float = 0.95) -> tuple[float | None, float | None]:
    """Give one-sided bounds of the mixture's quantile by the processes' own quantiles; None for a single process.

    On the logarithmic scale, where the processes' factors are taken as normal: the mixture's quantile lies above the
    mean of the processes' own, as slow processes fill the tail, by `shift` of their standard deviations. Its bounds
    are those of a normal population's quantile from a sample of it (noncentral t: Owen 1968, Hahn & Meeker 1991);
    without a shift they are Student's t of the mean. The shift of either bound is that of a spread one standard error
    of its own (1 / sqrt(2 (K - 1)) of it) to that bound's safe side; tests/bench/test_latency_bounds shows how often
    they hold.
    """
    count = len(series)
    if count < 2:
        return None, None
    own = np.log([np.quantile(one, q) for one in series])
    spread = float(own.std(ddof=1))
    if spread == 0:
        return float(np.exp(own[0])), float(np.exp(own[0]))
    within = np.sort(np.concatenate([np.log(one) - np.log(np.median(one)) for one in series]))
    error = math.copysign(1 / math.sqrt(2 * (count - 1)), q - 0.5)
    away = np.array([shift(within, spread * (1 + side * error), q) for side in (-1, 1)]) * np.sqrt(count)
    factors = stats.nct.ppf([1 - confidence, confidence], count - 1, away) / np.sqrt(count)
    low, high = np.exp(own.mean() + factors * spread)
    return float(low), float(high)


def shift(within: Floats, spread: float, q: float) -> float:
    """Give how many `spread`s a normal factor of that spread moves quantile `q` of `within`, sorted, shape (n,)."""
    knots = np.quantile(within, (np.arange(_KNOTS) + 0.5) / _KNOTS)
    ends = knots[0] - 8 * spread, knots[-1] + 8 * spread
    moved = optimize.brentq(lambda at: float(special.ndtr((at - knots) / spread).mean()) - q, *ends, xtol=1e-7)
    return (float(moved) - float(np.quantile(knots, q, method="hazen"))) / spread
