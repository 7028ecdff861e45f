"""How far two samples differ, as an effect with bounds: Cramer's V of class counts, Kolmogorov-Smirnov of numbers."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import optimize, stats

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

# Cochran (1954): below five expected the chi-square distribution no longer holds.
_EXPECTED = 5.0
# The intraclass correlation of objects in images, as the simulations behind our bounds have it.
_RHO = 0.2
_ENDLESS = 1e6


class Effect(NamedTuple):
    """A difference of two samples, 0 to 1, its one-sided bounds, and the effective size of either sample."""

    value: float
    lower: float
    upper: float
    n: tuple[float, float]


class Tally(NamedTuple):
    """Objects per cluster and class: `objects` (n,) of class `row` (n,) in `cluster` (n,), none of them 0."""

    cluster: Indices
    row: Indices
    objects: Floats


def cramers_v(first: Tally, second: Tally, confidence: float = 0.95) -> Effect | None:
    """Compare how often each class comes in two samples.

    V as of two equally large samples, so that a small split does not water it down, with the bias correction of
    Bergsma (J. Korean Stat. Soc. 2013); the bounds invert the noncentral chi-square (Steiger 1997). Clusters lower
    the sample sizes by the mean design effect of the shares (Rao and Scott 1981). Classes too rare for that
    distribution are taken together. None where fewer than two classes are left to compare.
    """
    if not (first.objects.size and second.objects.size):
        return None
    classes = 1 + int(max(first.row.max(), second.row.max()))
    sizes = (_effective_size(first, classes), _effective_size(second, classes))
    shares = _merged(np.stack([_shares(first, classes), _shares(second, classes)]), min(sizes))
    middle, degrees = shares.mean(axis=0), shares.shape[1] - 1
    harmonic = 4 * sizes[0] * sizes[1] / (sizes[0] + sizes[1])
    if degrees < 1 or harmonic <= 2:
        return None
    square = float((np.diff(shares, axis=0)[0] ** 2 / middle).sum()) / 4
    columns, rows = degrees + 1 - degrees**2 / (harmonic - 1), 2 - 1 / (harmonic - 1)
    value = (max(0.0, square - degrees / (harmonic - 1)) / max(1e-9, min(columns, rows) - 1)) ** 0.5
    low, high = _noncentrality(square * harmonic, degrees, confidence)
    lower, upper = (min(1.0, (one / harmonic) ** 0.5) for one in (low, high))
    value = min(1.0, value)
    return Effect(value, min(lower, value), max(upper, value), sizes)


def kolmogorov_smirnov(
    first: Floats, second: Floats, clusters: tuple[Indices, Indices], confidence: float = 0.95
) -> Effect | None:
    """Give the largest distance between two empirical distributions of values, shape (n,) and (m,).

    `clusters` tells for each value which cluster it belongs to. The bounds are those of the two-sample inequality of
    Dvoretzky, Kiefer and Wolfowitz (Massart 1990; Wei and Dudley 2012) on the effective number of clusters (Kish
    1965): values of one cluster count as one look. None where either sample is empty.
    """
    if not (first.size and second.size):
        return None
    sizes = (effective_clusters(clusters[0]), effective_clusters(clusters[1]))
    value = float(stats.ks_2samp(first, second, method="asymp").statistic)
    band = (np.log(2 / (1 - confidence)) / 2 * (1 / sizes[0] + 1 / sizes[1])) ** 0.5
    return Effect(value, max(0.0, value - float(band)), min(1.0, value + float(band)), sizes)


def effective_clusters(clusters: Indices) -> float:
    """Count clusters, shape (n,) of their numbers, as if they were equally large: n squared over the sum of squares."""
    counts = np.unique(clusters, return_counts=True)[1].astype(np.float64)
    return float(counts.sum() ** 2 / (counts**2).sum()) if counts.size else 0.0


def _shares(tally: Tally, classes: int) -> Floats:
    shares: Floats = np.bincount(tally.row, tally.objects, classes) / tally.objects.sum()
    return shares


def effective_objects(tally: Tally) -> Floats:
    """Give for each class, shape (classes,), what its objects are worth as independent trials.

    By Kish's design effect 1 + (b - 1) 0.2 with b the mean size of an object's cluster within the class. An evaluation
    counts no more than that for a class of which every object was found: it cannot know how alike they are.
    """
    classes = 1 + int(tally.row.max(initial=-1))
    n = np.bincount(tally.row, tally.objects, classes)
    squares = np.bincount(tally.row, tally.objects**2, classes)
    held = np.maximum(n, 1)
    worth: Floats = n / (1 + (np.maximum(squares / held, 1) - 1) * _RHO)
    return worth


def _effective_size(tally: Tally, classes: int) -> float:
    """Give the effective number of objects behind the shares of classes, never above what clustering at 0.2 leaves.

    Each share is a ratio over clusters; of clusters with n_i objects, k_i of the class, its variance is the sum of
    (k_i - p n_i) squared, here from its three parts, so that no table of clusters by classes is built.
    """
    n = float(tally.objects.sum())
    _, cluster = np.unique(tally.cluster, return_inverse=True)
    trials = np.bincount(cluster, tally.objects)
    squares = float((trials**2).sum())
    assumed = 1 + (squares / n - 1) * _RHO
    if trials.size < 2:
        return n / assumed
    p = _shares(tally, classes)
    own = np.bincount(tally.row, tally.objects**2, classes)
    cross = np.bincount(tally.row, tally.objects * trials[cluster], classes)
    residual = own - 2 * p * cross + p**2 * squares
    mixed = (p > 0) & (p < 1)
    # The mean of the design effects, each weighted by 1 - p, over classes that add up to their number less one.
    effects = residual[mixed] / (n * p[mixed]) * trials.size / (trials.size - 1)
    measured = float(effects.sum() / (1 - p[mixed]).sum()) if mixed.any() else 1.0
    return n / max(measured, assumed, 1.0)


def _merged(shares: Floats, n: float) -> Floats:
    """Take classes together, shape (2, classes), of which the smaller sample would hold fewer than five."""
    middle = shares.mean(axis=0)
    rare = middle * n < _EXPECTED
    together = shares[:, rare].sum(axis=1, keepdims=True)
    kept = shares[:, ~rare]
    return np.hstack([kept, together]) if float(together.sum()) > 0 else kept


def _noncentrality(statistic: float, degrees: int, confidence: float) -> tuple[float, float]:
    """Give the one-sided bounds of a noncentral chi-square's parameter from one draw of it."""

    def bound(probability: float) -> float:
        if stats.chi2.cdf(statistic, degrees) <= probability:
            return 0.0
        high = max(1.0, statistic)
        while stats.ncx2.cdf(statistic, degrees, high) > probability and high < _ENDLESS:
            high *= 2
        return float(optimize.brentq(lambda nc: stats.ncx2.cdf(statistic, degrees, nc) - probability, 1e-12, high))

    return bound(confidence), bound(1 - confidence)
