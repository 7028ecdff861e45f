"""Bounds for rates and percentiles that hold on clustered and autocorrelated samples."""

import numpy as np
import numpy.typing as npt
from scipy import stats

from readiness.evidence.bounded import Quantile, Rate

Floats = npt.NDArray[np.float64]


def clopper_pearson(hits: float, n: float, confidence: float = 0.95) -> tuple[float, float]:
    """Give the one-sided exact bounds of hits/n, each holding with `confidence` (Clopper & Pearson 1934).

    `hits` and `n` may be fractions of an effective sample size. Without a trial the bounds are 0 and 1.
    """
    if n <= 0:
        return 0.0, 1.0
    alpha = 1 - confidence
    lower = 0.0 if hits <= 0 else float(stats.beta.ppf(alpha, hits, n - hits + 1))
    upper = 1.0 if hits >= n else float(stats.beta.ppf(confidence, hits + 1, n - hits))
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
    """Give the effective number of independent trials behind clustered counts.

    `hits`, `trials`: shape (clusters,), counts per image or recording. The design effect is the variance of the
    ratio estimator over clusters against the binomial one (Kish 1965; Rao & Scott 1992); it never adds trials.
    A perfect or empty score has no variance to compare, so its design effect is the mean cluster size of a hit,
    by Kish's (1 + (b - 1) rho) with rho taken as 0.2, the intraclass correlation of objects in images.
    """
    n = float(trials.sum())
    used = trials > 0
    clusters = int(used.sum())
    if n == 0 or clusters == 0:
        return 0.0
    rate = float(hits.sum()) / n
    mean_size = float((trials[used] ** 2).sum() / n)
    if rate in {0.0, 1.0} or clusters < 2:
        return n / (1 + (mean_size - 1) * 0.2)
    residual = hits[used] - rate * trials[used]
    variance = clusters / (clusters - 1) * float((residual**2).sum()) / n**2
    effect = variance / (rate * (1 - rate) / n)
    return n / max(1.0, effect)


def rate(hits: Floats, trials: Floats, confidence: float = 0.95) -> Rate:
    """Build a Rate from per-cluster counts (both of shape (clusters,)), bounded on the effective sample size."""
    n, k = float(trials.sum()), float(hits.sum())
    n_effective = effective_trials(hits, trials)
    share = k / n if n else 0.0
    lower, upper = clopper_pearson(share * n_effective, n_effective, confidence)
    return Rate(
        hits=int(k), n=int(n), n_effective=round(n_effective, 2), lower=lower, upper=upper, confidence=confidence
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
