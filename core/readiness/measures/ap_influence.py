"""What each cluster of images adds to average precision, so that its error and a difference's need no resampling."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import stats

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]
Bools = npt.NDArray[np.bool_]


class Answered(NamedTuple):
    """Answers ordered by class and then by falling score: `right`, `row` of the class, `cluster`, all (n,)."""

    right: Bools
    row: Indices
    cluster: Indices


class ApDifference(NamedTuple):
    """Average precision after less before: its interval, standard error and two-sided p, each (k,)."""

    lower: Floats
    upper: Floats
    error: Floats
    p: Floats


def influence(answers: Answered, objects: Floats) -> Floats:
    """Give the influence of each cluster on each class's average precision, shape (classes, clusters).

    `objects` (classes, clusters) counts objects. It is the derivative of the area under the interpolated curve by the
    cluster's weight, the infinitesimal jackknife (Jaeckel 1972; Efron 1982): the sum of its squares over clusters
    estimates the variance. Classes without an object have none, and 0.
    """
    classes, clusters = objects.shape
    totals = objects.sum(axis=1)
    right, row = answers.right.astype(np.float64), answers.row
    starts = np.searchsorted(row, np.arange(classes + 1))
    before = np.concatenate([[0.0], np.cumsum(right)])
    hits = before[1:] - before[starts[row]]
    rank = np.arange(1.0, row.size + 1) - starts[row]
    peak = _peaks(hits / rank, row)
    # The precision that counts at each right answer is that at its peak, on which every answer up to there bears.
    weight = np.bincount(peak, weights=right, minlength=row.size)
    gain, loss = (_from_here(part, starts, row) for part in (weight / rank, weight * hits / rank**2))
    envelope = (hits / rank)[peak] if row.size else right
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(totals > 0, 1 / totals, 0.0)
    each = (right * (envelope + gain) - loss) * share[row]
    found = np.bincount(row * clusters + answers.cluster, weights=each, minlength=objects.size)
    precision = np.bincount(row, weights=right * envelope, minlength=classes) * share
    out: Floats = found.reshape(objects.shape) - objects * (precision * share)[:, None]
    return out


def differences(part: Floats, difference: Floats, n: Floats, confidence: float = 0.95) -> ApDifference:
    """Bound differences (k,) whose clusters add `part` (k, clusters), over `n` (k,) objects.

    As in `paired.ratio_differences` one changed trial is added to the variance, and t has the degrees of freedom of
    the clusters that carry it.
    """
    used = np.maximum((part != 0).sum(axis=1), 2)
    square, fourth = (part**2).sum(axis=1), (part**4).sum(axis=1)
    added = 1 / (n + 2) ** 2
    error = np.sqrt(square * used / (used - 1) + added)
    freedom = np.maximum((square + added) ** 2 / (fourth + added**2 / 2), 1.0)
    centre = difference * n / (n + 2)
    reach = stats.t.ppf((1 + confidence) / 2, freedom) * error
    p = 2 * stats.t.sf(np.abs(centre) / error, freedom)
    return ApDifference(np.maximum(centre - reach, -1.0), np.minimum(centre + reach, 1.0), error, p)


def _peaks(precision: Floats, row: Indices) -> Indices:
    """Give for each answer (n,) the place from there on, within its class, where precision is highest."""
    if not row.size:
        return np.zeros(0, dtype=np.intp)
    lifted = (precision - 2.0 * row)[::-1]
    highest = np.maximum.accumulate(lifted)
    risen = np.diff(highest, prepend=-np.inf) > 0
    place = np.maximum.accumulate(np.where(risen, np.arange(row.size), 0))
    peaks: Indices = (row.size - 1 - place)[::-1]
    return peaks


def _from_here(values: Floats, starts: Indices, row: Indices) -> Floats:
    """Sum from each place to the end of its class, (n,)."""
    ends = np.concatenate([[0.0], np.cumsum(values)])
    out: Floats = ends[starts[row + 1]] - ends[:-1]
    return out
