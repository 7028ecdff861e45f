"""How far scores are from the share of answers that is right, with an interval that binning does not bias."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import stats

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]
Bools = npt.NDArray[np.bool_]

_SURE = 1.0  # standard errors by which a bin's true distance may be less; at 0.5 the interval fails in simulation


class Binned(NamedTuple):
    """Per bin, shape (bins,): its group, size, lowest, highest and mean score, and the share of it that is right."""

    group: Indices
    size: Indices
    low: Floats
    high: Floats
    score: Floats
    right: Floats


class Errors(NamedTuple):
    """Per group, shape (groups,): `plain` is the mean distance as the bins show it, `error` that less its bias.

    `lower`, `upper`: 95 % interval of the distance that endless answers in the same bins would show. NaN where a group
    has too little to tell.
    """

    plain: Floats
    error: Floats
    lower: Floats
    upper: Floats


def binned(scores: Floats, right: Bools, group: Indices, bins: Indices) -> Binned:
    """Sum answers, shape (n,), up by `bins` (n,), numbered without a gap, each within one `group` (n,)."""
    count = np.bincount(bins)
    order = np.lexsort((scores, bins))
    ends = np.cumsum(count)
    return Binned(
        group=group[order][ends - count],
        size=count,
        low=scores[order][ends - count],
        high=scores[order][ends - 1],
        score=np.bincount(bins, weights=scores) / count,
        right=np.bincount(bins, weights=right) / count,
    )


def errors(scores: Floats, right: Bools, bins: Indices, cluster: Indices, found: Binned, groups: int) -> Errors:
    """Give each group's expected calibration error over its bins (Naeini et al. 2015; of detections Kueppers 2020).

    `scores`, `right`, `bins`, `cluster`: shape (n,), answers of one cluster are not independent. The plain error is
    biased upward, as noise never cancels under an absolute value (Kumar et al. 2019). Each bin's distance is taken as
    normal around the true one, so its bias is that of a folded normal at that distance. `error` takes it at the
    observed distance; `lower` at the least distance that the bin allows, where it is largest; `upper` takes none.
    """
    distance = found.right - found.score
    rest = right - scores - distance[bins]
    spread = _spread(rest, bins, cluster, found)
    total, clusters = _total(rest, np.sign(distance)[bins], found.group[bins], cluster, groups)
    weight = found.size / np.bincount(found.group, found.size, groups)[found.group]
    total = np.maximum(total, np.sqrt(np.bincount(found.group, (weight * spread) ** 2, groups)))
    plain: Floats = np.bincount(found.group, weight * np.abs(distance), groups).astype(np.float64)
    away = np.abs(distance) / spread
    bias, most = (np.bincount(found.group, weight * spread * _folded(z), groups) for z in (away, away - _SURE))
    with np.errstate(invalid="ignore"):
        z = stats.t.ppf(0.975, np.where(clusters > 1, clusters - 1, np.nan))
    lower = np.maximum(0.0, plain - most - z * total)
    upper = np.minimum(1.0, plain + z * total)
    return Errors(plain, np.maximum(lower, plain - bias), lower, upper)


def _spread(rest: Floats, bins: Indices, cluster: Indices, found: Binned) -> Floats:
    """Give the standard error (bins,) of each bin's distance: over clusters, at least that of independent answers.

    The latter by Agresti & Coull's adjusted share, as a bin without a wrong answer shows no variance.
    """
    sums, of = _sums(rest, bins, cluster)
    clusters = np.bincount(of, minlength=found.size.size)
    between = _few(clusters) * np.bincount(of, sums**2, found.size.size) / found.size**2
    share = (found.right * found.size + 2) / (found.size + 4)
    return np.sqrt(np.maximum(between, share * (1 - share) / found.size))


def _total(rest: Floats, sign: Floats, group: Indices, cluster: Indices, groups: int) -> tuple[Floats, Indices]:
    """Give the standard error (groups,) of each group's mean distance and its clusters; bins of one cluster correlate.

    Where a distance is near 0 its sign is chance, so the sum without signs is looked at too.
    """
    count = np.maximum(np.bincount(group, minlength=groups), 1)
    out, clusters = np.zeros(groups), np.zeros(groups, dtype=np.intp)
    for one in (rest, rest * sign):
        sums, of = _sums(one, group, cluster)
        clusters = np.bincount(of, minlength=groups)
        out = np.maximum(out, np.sqrt(_few(clusters) * np.bincount(of, sums**2, groups)) / count)
    return out, clusters


def _sums(values: Floats, group: Indices, cluster: Indices) -> tuple[Floats, Indices]:
    """Sum values up by group and cluster; give the sums and the group of each."""
    width = int(cluster.max(initial=0)) + 1
    cells, place = np.unique(group * width + cluster, return_inverse=True)
    return np.bincount(place, values, cells.size).astype(np.float64), cells // width


def _few(clusters: Indices) -> Floats:
    """Give the correction of a variance for the number of clusters that it was taken over."""
    correction: Floats = clusters / np.maximum(clusters - 1, 1)
    return correction


def _folded(z: Floats) -> Floats:
    """Give E|z + Z| - |z| of a standard normal Z, at no less than 0."""
    z = np.maximum(z, 0.0)
    bias: Floats = 2 * (stats.norm.pdf(z) - z * stats.norm.sf(z))
    return bias
