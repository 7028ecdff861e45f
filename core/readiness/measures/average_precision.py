"""Average precision as COCO defines it, and how far it might be off: resampled over clusters of pictures."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import sparse, stats

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Indices = npt.NDArray[np.intp]
Bools = npt.NDArray[np.bool_]

RESAMPLES = 100
LEAST_OBJECTS, LEAST_CLUSTERS = 50, 8  # where `interval` was seen to hold, see its simulation among the benchmarks
_SEED = 20260
_BLOCK = 4_000_000  # numbers held together for one class
_WIDER = 1.15
_LEAST_AP = 1e-3  # log odds end there
_EDGE = 1e-4  # recall this near below a recall point has reached it: sums are of single precision


class Judged(NamedTuple):
    """Answers, best score first, and what they were answers to.

    `row` (n,) the class and `cluster` (n,) the sample of each answer, `right` (t, n) whether it matched an object at
    each IoU, `ignored` (t, n) whether it counts neither way. `truth_row`, `truth_cluster` (m,) are the objects that
    count. Classes are numbered below `classes`, clusters below `clusters`.
    """

    row: Indices
    cluster: Indices
    right: Bools
    ignored: Bools
    truth_row: Indices
    truth_cluster: Indices
    classes: int
    clusters: int


def resampled(judged: Judged, weights: Singles) -> Floats:
    """Give AP (t, classes, b) with the clusters weighted by each column of `weights` (clusters, b), float32.

    AP is the mean over 101 recall points of the best precision at that recall or beyond (COCO). Only right answers
    can begin a step of that curve, so precision is told at those alone. NaN where a class has no object of weight.
    """
    levels, draws = judged.right.shape[0], weights.shape[1]
    cells = np.bincount(judged.truth_row * judged.clusters + judged.truth_cluster, minlength=1)
    cells = np.pad(cells, (0, judged.classes * judged.clusters - cells.size)).reshape(judged.classes, judged.clusters)
    objects = np.asarray(sparse.csr_array(cells.astype(np.float32)) @ weights)
    out = np.zeros((levels, judged.classes, draws))
    order = np.argsort(judged.row, kind="stable")
    edges = np.searchsorted(judged.row[order], np.arange(judged.classes + 1))
    for row in np.flatnonzero(cells.any(axis=1)).tolist():
        at = order[edges[row] : edges[row + 1]]
        wide = max(_BLOCK // max(at.size, 1), 1)
        part = _Class(judged.cluster[at], judged.right[:, at], judged.ignored[:, at])
        for start in range(0, draws, wide):
            some = slice(start, start + wide)
            out[:, row, some] = _averaged(part, weights[:, some], objects[row, some])
    out[:, objects <= 0] = np.nan
    return out


class _Class(NamedTuple):
    cluster: Indices
    right: Bools
    ignored: Bools


def _averaged(part: _Class, weights: Singles, objects: Singles) -> Floats:
    """Give AP (t, b) of one class; 0 where it has no right answer."""
    out = np.zeros((part.right.shape[0], weights.shape[1]))
    steps = np.flatnonzero(part.right.any(axis=0))
    if steps.size == 0:
        return out
    answers = _summed(part.cluster[: steps[-1] + 1], steps, weights)
    scale = np.divide(100, objects, out=np.zeros_like(objects), where=objects > 0)
    for level, (right, ignored) in enumerate(zip(part.right, part.ignored, strict=True)):
        at = np.flatnonzero(right[steps])
        if at.size == 0:
            continue
        hits = np.cumsum(weights[part.cluster[steps[at]]], axis=0)
        counted = answers[at]
        if ignored.any():
            aside = np.cumsum(weights[part.cluster[ignored]], axis=0)
            before = np.searchsorted(np.flatnonzero(ignored), steps[at])
            counted = counted - np.concatenate([np.zeros_like(aside[:1]), aside])[before]
        precision = np.divide(hits, counted, out=np.zeros_like(hits), where=counted > 0)
        best = np.maximum.accumulate(precision[::-1], axis=0)[::-1]
        points = np.floor(hits * scale + _EDGE)
        points[1:] -= points[:-1].copy()
        points[0] += 1
        out[level] = np.einsum("kb,kb->b", best, points) / 101
    return out


def _summed(cluster: Indices, steps: Indices, weights: Singles) -> Singles:
    """Sum the weights of all answers up to and with each of `steps` (k,): (k, b)."""
    piece = np.searchsorted(steps, np.arange(cluster.size))
    shape = (steps.size, weights.shape[0])
    told = sparse.csr_array((np.ones(cluster.size, dtype=np.float32), (piece, cluster)), shape=shape)
    sums: Singles = np.cumsum(told @ weights, axis=0)
    return sums


def resamples(clusters: int, draws: int = RESAMPLES) -> Singles:
    """Draw clusters with replacement: how often each comes, (clusters, draws), float32; always the same draws."""
    drawn = np.random.default_rng(_SEED).integers(0, max(clusters, 1), (draws, clusters))
    flat = np.bincount((drawn + clusters * np.arange(draws)[:, None]).ravel(), minlength=clusters * draws)
    return np.ascontiguousarray(flat.reshape(draws, clusters).T, dtype=np.float32)


def interval(value: float, draws: Floats, clusters: int) -> tuple[float, float]:
    """Give the 95 % interval of an AP, or of a mean of them, from its resampled values `draws` (b,), NaN left out.

    `clusters` counts those that hold an object. The plain percentile interval covers too little: what takes the best
    precision beyond each recall rises with chance, by about twice of what resampling adds to it once more. So the
    middle is moved down by that, and the bounds are Student's on the log odds, with the spread of few clusters made up
    for (Cameron, Gelbach & Miller 2008) and 15 % added. It always holds the value itself.
    """
    there = draws[~np.isnan(draws)]
    if there.size < 2 or clusters < 2:
        return 0.0, 1.0
    middle = min(max(2 * value - float(there.mean()) - (float(there.mean()) - value), _LEAST_AP), 1 - _LEAST_AP)
    spread = float(there.std(ddof=1)) * np.sqrt(clusters / (clusters - 1)) / (middle * (1 - middle))
    reach = _WIDER * stats.t.ppf(0.975, clusters - 1) * spread
    odds = np.log(middle / (1 - middle))
    low, high = 1 / (1 + np.exp(-(odds - reach))), 1 / (1 + np.exp(-(odds + reach)))
    return min(float(low), value), max(float(high), value)
