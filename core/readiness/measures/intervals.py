"""Bounds for rates and percentiles that hold on clustered and autocorrelated samples."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special, stats

from readiness.evidence.bounded import Quantile, Rate

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.intp]

_UNSEEN = 3  # clusters


def clopper_pearson(hits: float, n: float, confidence: float = 0.95) -> tuple[float, float]:
    """Give the one-sided exact bounds of hits/n, each holding with `confidence` (Clopper & Pearson 1934).

    `hits` and `n` may be fractions of an effective sample size. Without a trial the bounds are 0 and 1.
    """
    lower, upper = bounds_of(np.array([hits], dtype=np.float64), np.array([n], dtype=np.float64), confidence)
    return float(lower[0]), float(upper[0])


def bounds_of(hits: Floats, n: Floats, confidence: float = 0.95) -> tuple[Floats, Floats]:
    """Give `clopper_pearson` of many groups: `hits`, `n`, and the lower and the upper bounds have shape (groups,)."""
    lower, upper = np.zeros(n.shape), np.ones(n.shape)
    some, missed = (n > 0) & (hits > 0), (n > 0) & (hits < n)
    lower[some] = special.betaincinv(hits[some], n[some] - hits[some] + 1, 1 - confidence)
    upper[missed] = special.betaincinv(hits[missed] + 1, n[missed] - hits[missed], confidence)
    return lower, upper


def wilson(hits: float, n: float, confidence: float = 0.95) -> tuple[float, float]:
    """Give the one-sided Wilson score bounds of hits/n (Wilson 1927), for display; gates use clopper_pearson."""
    if n <= 0:
        return 0.0, 1.0
    z = float(stats.norm.ppf(confidence))
    p, z2 = hits / n, z * z
    centre = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = z / (1 + z2 / n) * float(np.sqrt(p * (1 - p) / n + z2 / (4 * n * n)))
    return max(0.0, centre - half), min(1.0, centre + half)


def effective_trials(hits: Floats, trials: Floats) -> float:
    """Give the effective number of independent trials behind clustered counts, both of shape (clusters,)."""
    return float(effective(hits, trials, np.zeros(trials.size, dtype=np.intp), 1)[0])


def effective(hits: Floats, trials: Floats, group: Indices, groups: int, confidence: float = 0.95) -> Floats:
    """Give the effective number of independent trials of many groups, shape (groups,); it is never above all trials.

    `hits`, `trials`, `group`: shape (cells,), counts of one group in one cluster (image or recording), in any order.
    The design effect is the variance of the ratio estimator over clusters against the binomial one (Kish 1965;
    Rao & Scott 1992). Three things make it hold where that variance is itself uncertain (tests/bench/test_coverage):
    as few errors may hide that they come in batches, it is averaged with that of three clusters that fail as a whole,
    its own weight being the effective number of clusters that the errors (or the hits, if fewer) lie in; so a score
    without an error counts one trial per cluster of mean size. And it pays for its degrees of freedom, those of the
    effective number of clusters, as t quantiles do (Korn & Graubard 1998).
    """
    return effective_of(moments_of(hits, trials, group, groups), confidence)


class Moments(NamedTuple):
    """Sums over the clusters of a group, arrays of one shape: hits, trials, their squares and product, and clusters."""

    hits: Floats
    trials: Floats
    hits_squared: Floats
    hits_trials: Floats
    trials_squared: Floats
    clusters: Floats


def moments_of(hits: Floats, trials: Floats, group: Indices, groups: int) -> Moments:
    """Sum up the counts of cells, as `effective` takes them, by group: arrays of shape (groups,)."""

    def total(values: Floats) -> Floats:
        return np.bincount(group, values, groups).astype(np.float64)

    return Moments(
        total(hits), total(trials), total(hits**2), total(hits * trials), total(trials**2), total(np.sign(trials))
    )


def effective_of(sums: Moments, confidence: float = 0.95) -> Floats:
    """Give what `effective` does, from sums that may come without the counts of each cluster."""
    k, n, kk, kn, nn, clusters = sums
    even = n**2 / np.maximum(nn, 1)  # an effective number of clusters: a sum squared by the sum of the squares
    share = k / np.maximum(n, 1)
    plain = share * (1 - share) * n
    varies = (plain > 0) & (clusters > 1)
    residual = np.maximum(kk - 2 * share * kn + share**2 * nn, 0)
    seen = residual * clusters / np.maximum(clusters - 1, 1) / np.where(varies, plain, 1)
    misses = (n - k) ** 2 / np.maximum(nn - 2 * kn + kk, 1)
    known, whole = np.minimum(k**2 / np.maximum(kk, 1), misses), n / np.maximum(even, 1)
    effect = np.where(varies, np.maximum(seen, (known * seen + _UNSEEN * whole) / (known + _UNSEEN)), whole)
    worth = n / np.maximum(effect, 1)
    freedom = (special.stdtrit(np.maximum(np.stack([n, even])[:, varies] - 1, 1), confidence)) ** 2
    worth[varies] *= freedom[0] / freedom[1]
    return np.minimum(worth, n)


def rate(hits: Floats, trials: Floats, confidence: float = 0.95) -> Rate:
    """Build a Rate from per-cluster counts (both of shape (clusters,)), bounded on the effective sample size."""
    return _rates(hits, trials, np.zeros(trials.size, dtype=np.intp), 1, confidence)[0]


def rates(hits: Bools, group: Indices, cluster: Indices, groups: int, confidence: float = 0.95) -> tuple[Rate, ...]:
    """Build the Rate of every group from single trials: what `rate` gives of each group's counts by cluster.

    `hits`, `group`, `cluster`: shape (n,), one trial each; a group from 0 to `groups` - 1, or below 0 for a trial that
    counts nowhere. Gives `groups` rates, those without a trial too. Tens of thousands of trials take milliseconds.
    """
    cells = cells_of(hits, group, cluster)
    return _rates(*cells, groups, confidence)


def cells_of(hits: Bools, group: Indices, cluster: Indices) -> tuple[Floats, Floats, Indices]:
    """Count single trials, shape (n,), by group and cluster: hits, trials and group of each cell that has any.

    Cells come in the order of their groups, then of their clusters.
    """
    counted = group >= 0
    width = int(cluster.max(initial=0)) + 1
    keys = np.sort(((group[counted] * width + cluster[counted]) << 1) | hits[counted])
    cell = keys >> 1
    first = np.flatnonzero(np.diff(cell, prepend=-1))
    trials = np.diff(first, append=cell.size).astype(np.float64)
    right = np.add.reduceat(keys & 1, first).astype(np.float64) if first.size else np.zeros(0)
    return right, trials, cell[first] // width


def _rates(hits: Floats, trials: Floats, group: Indices, groups: int, confidence: float) -> tuple[Rate, ...]:
    n, k = (np.bincount(group, counts, groups).astype(np.float64) for counts in (trials, hits))
    worth = effective(hits, trials, group, groups, confidence)
    lower, upper = bounds_of(k / np.maximum(n, 1) * worth, worth, confidence)
    rows = zip(k.tolist(), n.tolist(), worth.tolist(), lower.tolist(), upper.tolist(), strict=True)
    return tuple(
        Rate(hits=int(k), n=int(n), n_effective=round(worth, 2), lower=low, upper=high, confidence=confidence)
        for k, n, worth, low, high in rows
    )


def effective_length(samples: Floats, most: int = 200) -> float:
    """Give the effective number of independent samples in a series, from its autocorrelation.

    n / (1 + 2 * sum of rho_k), summed over Geyer's initial positive pairs (Geyer 1992); never above n.
    """
    n = samples.size
    centred = samples - samples.mean()
    power = float(centred @ centred)
    if n < 4 or power == 0:
        return float(n)
    limit = min(most, n // 2)
    rho = np.array([float(centred[: n - k] @ centred[k:]) / power for k in range(1, limit + 1)])
    pairs = rho[: limit // 2 * 2].reshape(-1, 2).sum(axis=1)
    stop = int(np.argmax(pairs <= 0)) if bool((pairs <= 0).any()) else pairs.size
    return n / max(1.0, 1 + 2 * float(pairs[:stop].sum()))


def sample_floor(q: float, confidence: float = 0.95, dropped: int = 0) -> int:
    """Count the independent samples from which an upper bound of quantile `q` exists, `dropped` outliers allowed.

    The least n with P(Bin(n, 1 - q) <= dropped) <= 1 - confidence: 59 for p95 and 299 for p99 at 95 %;
    at 99 % with one dropped, MLPerf LoadGen's early stopping: 64 for p90, 662 for p99.
    """
    n = dropped + 1
    while stats.binom.cdf(dropped, n, 1 - q) > 1 - confidence:
        n += 1
    return n


def quantile(samples: Floats, q: float, confidence: float = 0.95, n_effective: float | None = None) -> Quantile:
    """Bound quantile `q` of `samples`, shape (n,), by order statistics of the effective sample size.

    Distribution-free one-sided bounds (David & Nagaraja 2003, 7.1). Under the sample floor value and upper bound
    are null; the lower bound needs no tail and stands from a few samples on, so that a clear miss is called one.
    """
    effective = float(samples.size) if n_effective is None else min(n_effective, float(samples.size))
    m = int(effective)
    ordered = np.sort(samples)
    low = int(stats.binom.ppf(1 - confidence, m, q)) if m else 0
    lower = None if low < 1 else float(ordered[_rank(low, m, ordered.size)])
    if m < sample_floor(q, confidence):
        return Quantile(value=None, lower=lower, upper=None, n_effective=round(effective, 1))
    high = int(stats.binom.ppf(confidence, m, q)) + 1
    return Quantile(
        value=float(np.quantile(ordered, q)),
        lower=lower,
        upper=float(ordered[_rank(min(high, m), m, ordered.size)]),
        n_effective=round(effective, 1),
    )


def _rank(rank: int, m: int, n: int) -> int:
    """Carry the 1-based rank in m effective samples over to a 0-based index in all n."""
    return min(n - 1, max(0, int(np.ceil(rank * n / m)) - 1))


def spread_upper(per_process: Floats, confidence: float = 0.95) -> float | None:
    """Give the t upper bound of the mean of per-process quantiles, shape (processes,); None below three."""
    if per_process.size < 3:
        return None
    error = float(per_process.std(ddof=1)) / float(np.sqrt(per_process.size))
    return float(per_process.mean()) + float(stats.t.ppf(confidence, per_process.size - 1)) * error
