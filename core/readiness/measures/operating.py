"""What a model would do at any threshold, out of matches that were made once: counts, rates with bounds, curves."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from readiness.evidence.bounded import Rate
from readiness.measures import intervals
from readiness.measures.intervals import Moments

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]
Bools = npt.NDArray[np.bool_]


class Matches(NamedTuple):
    """Answers in any order: `row` (n,) of the class, `score` (n,), `right` (n,), `image` (n,); one is right per object.

    Objects: `object_row`, `object_image` (m,). `cluster` (images,) tells what samples each image belongs to. Neither
    crowds nor the answers in them are among these.
    """

    row: Indices
    score: Floats
    right: Bools
    image: Indices
    object_row: Indices
    object_image: Indices
    cluster: Indices
    classes: int


class Ladder(NamedTuple):
    """The answers of each class by falling score, then all of them once more as the group after the last class.

    `starts` (groups + 1,) says where each group begins; `score`, `right`, `image`, `cluster`, `group`, `cell` (k,),
    and `leads` (k,): the answer is the best of its group in its image. A cell is one group in one cluster:
    `cell_group`, `cell_cluster`, `cell_objects` (cells,). `steps` (6, k + 1) sums what each answer adds to right
    answers, to their squares by cell, to right times objects, right times answers, answers squared and to the clusters
    with an answer: a difference of two columns gives `Moments` at any threshold; `objects` are those of the truth.
    """

    starts: Indices
    score: Floats
    right: Bools
    image: Indices
    cluster: Indices
    group: Indices
    leads: Bools
    cell: Indices
    cell_group: Indices
    cell_cluster: Indices
    cell_objects: Floats
    steps: Indices
    objects: Moments

    @property
    def groups(self) -> int:
        return self.starts.size - 1


class Curve(NamedTuple):
    """Rates at falling thresholds, each (k,), with one-sided bounds."""

    threshold: Floats
    recall: Floats
    recall_lower: Floats
    recall_upper: Floats
    precision: Floats
    precision_lower: Floats
    precision_upper: Floats
    f1: Floats


def ladder(matches: Matches) -> Ladder:
    """Sort the answers and sum up their steps; 180,000 answers take about a tenth of a second."""
    falling = np.argsort(-matches.score, kind="stable")
    by_class = falling[_sorted(matches.row[falling])]
    order, group = np.r_[by_class, falling], np.r_[matches.row[by_class], np.full(falling.size, matches.classes)]
    image, right = matches.image[order], matches.right[order]
    cluster = matches.cluster[image]
    objects_group = np.r_[matches.object_row, np.full(matches.object_row.size, matches.classes)]
    objects_cluster = np.tile(matches.cluster[matches.object_image], 2)
    cell, cell_group, cell_cluster = _cells(np.r_[group, objects_group], np.r_[cluster, objects_cluster])
    objects = np.bincount(cell[group.size :], minlength=cell_group.size)
    things, groups = objects.astype(np.float64), matches.classes + 1
    return Ladder(
        starts=np.searchsorted(group, np.arange(groups + 1)),
        score=matches.score[order],
        right=right,
        image=image,
        cluster=cluster,
        group=group,
        leads=_leads(group, image),
        cell=cell[: group.size],
        cell_group=cell_group,
        cell_cluster=cell_cluster,
        cell_objects=things,
        steps=_steps(cell[: group.size], right, objects),
        objects=intervals.moments_of(np.zeros(cell_group.size), things, cell_group, groups),
    )


def _sorted(keys: Indices) -> Indices:
    """Give the stable order of small whole numbers: of 16 bits numpy sorts them by digits."""
    small = keys.astype(np.uint16) if keys.max(initial=0) < 1 << 16 else keys
    return np.argsort(small, kind="stable")


def _cells(group: Indices, cluster: Indices) -> tuple[Indices, Indices, Indices]:
    """Give the cell of each row, a cell being a group in a cluster; and the group and the cluster of each cell."""
    order = _sorted(cluster)
    order = order[_sorted(group[order])]
    key = group[order] * (int(cluster.max(initial=0)) + 1) + cluster[order]
    new = np.diff(key, prepend=-1) != 0
    cell = np.empty(group.size, dtype=np.intp)
    cell[order] = np.cumsum(new) - 1
    return cell, group[order[new]], cluster[order[new]]


def _leads(group: Indices, image: Indices) -> Bools:
    cell, cells, _ = _cells(group, image)
    first = np.empty(cells.size, dtype=np.intp)
    first[cell[::-1]] = np.arange(cell.size)[::-1]
    leads = np.zeros(cell.size, dtype=bool)
    leads[first] = True
    return leads


def _steps(cell: Indices, right: Bools, objects: Indices) -> Indices:
    """Sum what each answer adds to its group's moments, given how many of its cell came before it."""
    order = _sorted(cell) if cell.max(initial=0) < 1 << 16 else np.argsort(cell, kind="stable")
    first = np.flatnonzero(np.diff(cell[order], prepend=-1))
    length = np.diff(first, append=cell.size)
    before, before_right = np.empty(cell.size, dtype=np.intp), np.empty(cell.size, dtype=np.intp)
    before[order] = np.arange(cell.size) - np.repeat(first, length)
    so_far: Indices = np.cumsum(right[order]) - right[order]
    before_right[order] = so_far - np.repeat(so_far[first], length)
    hit = right.astype(np.intp)
    adds = (
        hit,
        hit * (2 * before_right + 1),
        hit * objects[cell],
        before_right + hit * (before + 1),
        2 * before + 1,
        before == 0,
    )
    steps = np.zeros((6, cell.size + 1), dtype=np.intp)
    for one, add in zip(steps, adds, strict=True):
        np.cumsum(add, out=one[1:])
    return steps


def kept(ladder: Ladder, thresholds: Floats) -> Indices:
    """Count the answers of each group, (groups,), that score at least its threshold, (groups,)."""
    return np.bincount(ladder.group, ladder.score >= thresholds[ladder.group], ladder.groups).astype(np.intp)


def moments(ladder: Ladder, groups: Indices, answers: Indices) -> tuple[Moments, Moments]:
    """Give what recall and precision need when the best `answers` of `groups` are kept; all of one shape."""
    start = ladder.starts[groups]
    hits, squared, by_objects, by_answers, answers_squared, clusters = (
        (sums[start + answers] - sums[start]).astype(np.float64) for sums in ladder.steps
    )
    things = ladder.objects
    return (
        Moments(
            hits, things.trials[groups], squared, by_objects, things.trials_squared[groups], things.clusters[groups]
        ),
        Moments(hits, answers.astype(np.float64), squared, by_answers, answers_squared, clusters),
    )


def tallied(ladder: Ladder, keep: Bools) -> tuple[Floats, Floats]:
    """Count by cell, (cells,), the right answers and the answers that are kept: any part of them, (k,)."""
    size = ladder.cell_group.size
    answers = np.bincount(ladder.cell[keep], minlength=size).astype(np.float64)
    right = np.bincount(ladder.cell[keep & ladder.right], minlength=size).astype(np.float64)
    return right, answers


def rates(sums: Moments, confidence: float) -> tuple[Rate, ...]:
    """Build the Rate of each group, as `intervals.rate` does of one."""
    worth = intervals.effective_of(sums, confidence)
    lower, upper = intervals.bounds_of(_share(sums) * worth, worth, confidence)
    rows = zip(*(one.tolist() for one in (sums.hits, sums.trials, worth, lower, upper)), strict=True)
    return tuple(
        Rate(hits=int(k), n=int(n), n_effective=round(size, 2), lower=low, upper=high, confidence=confidence)
        for k, n, size, low, high in rows
    )


def curve(ladder: Ladder, group: int, confidence: float, points: int = 200) -> Curve:
    """Give recall, precision and F1 of a group at up to `points` of its scores.

    Half of them are spread evenly over its answers and half over the right ones, so that neither the many low scores
    nor the few high ones are left out.
    """
    start, end = ladder.starts[group], ladder.starts[group + 1]
    score, right = ladder.score[start:end], np.flatnonzero(ladder.right[start:end])
    half = points // 2
    at = np.r_[_spread(score.size, half), right[_spread(right.size, half)]]
    answers = np.unique(score.size - np.searchsorted(score[::-1], score[at], "left"))
    recall, precision = moments(ladder, np.full(answers.size, group), answers)
    return Curve(
        score[answers - 1],
        *_bounded(recall, confidence),
        *_bounded(precision, confidence),
        f1=2 * recall.hits / np.maximum(recall.trials + precision.trials, 1),
    )


def _bounded(sums: Moments, confidence: float) -> tuple[Floats, Floats, Floats]:
    """Give the shares and their one-sided bounds, each of the sums' shape."""
    worth = intervals.effective_of(sums, confidence)
    return _share(sums), *intervals.bounds_of(_share(sums) * worth, worth, confidence)


def _share(sums: Moments) -> Floats:
    share: Floats = sums.hits / np.maximum(sums.trials, 1)
    return share


def _spread(size: int, most: int) -> Indices:
    """Give up to `most` of `size` places, evenly spread, the first and the last among them."""
    return np.unique(np.linspace(0, size - 1, min(size, most)).round().astype(np.intp))
