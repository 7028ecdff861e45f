"""Whether two rates differ, measured on the same clusters or on others, with intervals, for many pairs at once."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special, stats

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]
Bools = npt.NDArray[np.bool_]


class Trials(NamedTuple):
    """Trials: `label` (n,) says of which rate each one is (-1 of none), `cluster` (n,) its cluster, `hit` (n,)."""

    label: Indices
    cluster: Indices
    hit: Bools


class Differences(NamedTuple):
    """Per label: rate after less rate before, its interval and two-sided p; all of shape (labels,).

    `before`, `after` are the rates, NaN without a trial, as is the difference where either lacks one. `error` is the
    standard error, `n_before` and `n_after` count trials, `clusters` those with any.
    """

    before: Floats
    after: Floats
    difference: Floats
    lower: Floats
    upper: Floats
    p: Floats
    error: Floats
    n_before: Indices
    n_after: Indices
    clusters: Indices


def ratio_differences(before: Trials, after: Trials, labels: int, confidence: float = 0.95) -> Differences:
    """Compare two rates per label, paired by cluster.

    The rates are ratio estimators over clusters, and the variance of their difference is that of its linear part in
    each cluster (Cochran 1977, 6.13), so whatever the two share in a cluster cancels: the same objects before and
    after, the same images with other numbers of answers, or nothing at all where the clusters differ. To the
    variance one trial that changed is added and the difference shrunk by two trials, as Agresti & Min (2005) do for
    matched pairs, without which few or no changes would claim certainty. Student's t with the degrees of freedom of
    the clusters that carry the variance (Satterthwaite 1946).
    """
    label, cells = _cells(before, after, labels)
    n_b, n_a = (np.bincount(label, weights=trials, minlength=labels) for trials in (cells.n_before, cells.n_after))
    with np.errstate(divide="ignore", invalid="ignore"):
        rate_b = np.bincount(label, weights=cells.hits_before, minlength=labels) / n_b
        rate_a = np.bincount(label, weights=cells.hits_after, minlength=labels) / n_a
        part = (cells.hits_after - rate_a[label] * cells.n_after) / n_a[label]
        part -= (cells.hits_before - rate_b[label] * cells.n_before) / n_b[label]
        n = 2 / (1 / n_b + 1 / n_a)
        clusters = np.bincount(label, minlength=labels)
        square = np.bincount(label, weights=part**2, minlength=labels)
        fourth = np.bincount(label, weights=part**4, minlength=labels)
        added = 1 / (n + 2) ** 2
        spread = square * (clusters / np.maximum(clusters - 1, 1))
        error = np.sqrt(spread * (n / (n + 2)) ** 2 + added)
        freedom = np.maximum((square + added) ** 2 / (fourth + added**2 / 2), 1.0)
        difference = rate_a - rate_b
        centre = difference * n / (n + 2)
        reach = stats.t.ppf((1 + confidence) / 2, freedom) * error
        p = 2 * stats.t.sf(np.abs(centre) / error, freedom)
    return Differences(
        before=rate_b,
        after=rate_a,
        difference=difference,
        lower=np.maximum(centre - reach, -1.0),
        upper=np.minimum(centre + reach, 1.0),
        p=p,
        error=error,
        n_before=n_b.astype(np.intp),
        n_after=n_a.astype(np.intp),
        clusters=clusters,
    )


class _Cells(NamedTuple):
    """Counts per label and cluster, each of shape (cells,)."""

    hits_before: Floats
    n_before: Floats
    hits_after: Floats
    n_after: Floats


def _cells(before: Trials, after: Trials, labels: int) -> tuple[Indices, _Cells]:
    """Count trials and hits of both sides in each pair of a label and a cluster that has any; gives its label too."""
    width = int(max(before.cluster.max(initial=0), after.cluster.max(initial=0))) + 1
    sides = [one._replace(label=one.label.astype(np.intp)) for one in (before, after)]
    used = [one.label >= 0 for one in sides]
    keys = [one.label[use] * width + one.cluster[use] for one, use in zip(sides, used, strict=True)]
    filled = np.zeros(labels * width, dtype=bool)
    for key in keys:
        filled[key] = True
    known = np.flatnonzero(filled)
    place = np.cumsum(filled) - 1
    counts = []
    for key, one, use in zip(keys, sides, used, strict=True):
        counts.append(np.bincount(place[key], weights=one.hit[use], minlength=known.size).astype(np.float64))
        counts.append(np.bincount(place[key], minlength=known.size).astype(np.float64))
    return known // width, _Cells(*counts)


def mcnemar(lost: Floats, gained: Floats) -> Floats:
    """Give the exact two-sided p of `lost` against `gained` changes (McNemar 1947; Dietterich 1998), shape (k,).

    Counts may be fractions, as clustered ones are once divided by their design effect. Without a change p is 1.
    """
    most, total = np.maximum(lost, gained), lost + gained
    with np.errstate(invalid="ignore"):
        tail = special.betainc(most, total - most + 1, 0.5)
    p: Floats = np.where(total > 0, np.minimum(1.0, 2 * tail), 1.0)
    return p


def changes(before: Trials, after: Trials, labels: int) -> tuple[Floats, Floats]:
    """Count what was lost and gained per label, each of shape (labels,), in numbers of independent trials.

    `before` and `after` are the same trials. Changes that come in clusters count for fewer: by the variance of their
    sum over clusters against that of single ones.
    """
    step = after.hit.astype(np.float64) - before.hit
    used = before.label >= 0
    label, step, cluster = before.label[used], step[used], before.cluster[used]
    lost = np.bincount(label, weights=step < 0, minlength=labels).astype(np.float64)
    gained = np.bincount(label, weights=step > 0, minlength=labels).astype(np.float64)
    width = int(cluster.max(initial=0)) + 1
    cells, place = np.unique(label * width + cluster, return_inverse=True)
    sums = np.bincount(place, weights=step, minlength=cells.size)
    square = np.bincount(cells // width, weights=sums**2, minlength=labels)
    with np.errstate(divide="ignore", invalid="ignore"):
        effect = np.maximum(np.nan_to_num(square / (lost + gained), nan=1.0), 1.0)
    return lost / effect, gained / effect


def adjusted(p: Floats, *, dependent: bool = False) -> Floats:
    """Give the q of each p (k,): the false discovery level from which it counts; NaN is left out and stays NaN.

    Benjamini & Hochberg (1995), or Benjamini & Yekutieli (2001) where nothing is known of how they depend.
    """
    q = np.full(p.shape, np.nan)
    known = np.flatnonzero(~np.isnan(p))
    if known.size:
        order = known[np.argsort(p[known], kind="stable")]
        ranks = np.arange(1, order.size + 1)
        weight = float((1 / ranks).sum()) if dependent else 1.0
        steps = p[order] * order.size * weight / ranks
        q[order] = np.minimum(1.0, np.minimum.accumulate(steps[::-1])[::-1])
    return q
