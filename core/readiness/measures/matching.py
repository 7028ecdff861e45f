"""Which detection answers which object: COCO's greedy matching at one overlap, over all images and classes at once."""

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]
Bools = npt.NDArray[np.bool_]

_BLOCK = 2_000_000  # pairs looked at together: bounds the memory, whatever one image holds
_MOST = 1 - 1e-10  # pycocotools caps the overlap here, so that equal boxes match at 1.0


class Found(NamedTuple):
    """Detections: `boxes` (n, 4) x y width height, `scores` (n,), `groups` (n,): only equal groups can match."""

    boxes: Floats
    scores: Floats
    groups: Indices


class Truth(NamedTuple):
    """Objects: `boxes` (m, 4) x y width height, `groups` (m,), `crowd` (m,): regions that count neither way."""

    boxes: Floats
    groups: Indices
    crowd: Bools


class Matched(NamedTuple):
    """`objects` (n,): the object that each detection answers, or -1; `ignored` (n,): it lies in a crowd instead."""

    objects: Indices
    ignored: Bools


class Pairs(NamedTuple):
    """Row by row: a detection, an object, and their IoU (with a crowd: the share of the detection in it)."""

    found: Indices
    truth: Indices
    overlap: Floats


def match(found: Found, truth: Truth, overlap: float) -> Matched:
    """Give each detection, best score first within its group, the free object that it overlaps most.

    As COCOeval.evaluateImg of pycocotools does for one IoU threshold: ties go to the later object, an object is
    taken once, and what fits no object but lies in a crowd (intersection over the detection's area) is ignored.
    """
    pairs = near(found, truth, min(overlap, _MOST))
    rank = _ranks(found)[pairs.found]
    order = np.lexsort((-pairs.truth, -pairs.overlap, truth.crowd[pairs.truth], pairs.found, rank))
    of, to, rank = pairs.found[order], pairs.truth[order], rank[order]
    answers = np.full(found.scores.size, -1, dtype=np.intp)
    free = np.ones(truth.groups.size, dtype=bool)
    edges = np.flatnonzero(np.diff(rank, prepend=-1, append=-1))
    for start, end in pairwise(edges):
        # Detections of one rank stand in different groups: they never compete for an object.
        one, other = of[start:end], to[start:end]
        still = free[other] | truth.crowd[other]
        one, other = one[still], other[still]
        first = np.diff(one, prepend=-1) != 0
        answers[one[first]] = other[first]
        free[other[first]] = False
    ignored = answers >= 0
    ignored[ignored] = truth.crowd[answers[ignored]]
    return Matched(np.where(ignored, -1, answers), ignored)


def touching(found: Found, truth: Truth, overlap: float) -> Bools:
    """Tell, shape (n,), which detections overlap any object of their group by at least `overlap`, crowds aside."""
    pairs = near(found, truth, overlap)
    out = np.zeros(found.scores.size, dtype=bool)
    out[pairs.found[~truth.crowd[pairs.truth]]] = True
    return out


def _ranks(found: Found) -> Indices:
    """Give the place of each detection in its group by falling score; equal scores keep their order."""
    order = np.lexsort((-found.scores, found.groups))
    groups = found.groups[order]
    place = np.arange(groups.size)
    starts = np.flatnonzero(np.diff(groups, prepend=groups[:1] - 1))
    ranks = np.empty(groups.size, dtype=np.intp)
    ranks[order] = place - np.repeat(starts, np.diff(np.append(starts, groups.size)))
    return ranks


def near(found: Found, truth: Truth, least: float) -> Pairs:
    """Give every pair of a detection and an object of its group that overlap by at least `least`."""
    parts = [_kept(found, truth, one, other, least) for one, other in _expanded(found.groups, truth.groups)]
    if not parts:
        nothing = np.zeros(0, dtype=np.intp)
        return Pairs(nothing, nothing, np.zeros(0))
    return Pairs(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _expanded(found: Indices, truth: Indices) -> Iterator[tuple[Indices, Indices]]:
    """Give all index pairs of equal groups, in blocks."""
    order = np.argsort(truth, kind="stable")
    start = np.searchsorted(truth, found, "left", sorter=order)
    count = np.searchsorted(truth, found, "right", sorter=order) - start
    ends = np.cumsum(count)
    for at in np.split(np.arange(found.size), np.flatnonzero(np.diff(ends // _BLOCK)) + 1):
        total = int(count[at].sum())
        if total:
            skip = np.repeat(np.cumsum(count[at]) - count[at], count[at])
            yield np.repeat(at, count[at]), order[np.repeat(start[at], count[at]) + np.arange(total) - skip]


def _kept(found: Found, truth: Truth, one: Indices, other: Indices, least: float) -> Pairs:
    share = _overlap(found.boxes[one], truth.boxes[other], truth.crowd[other])
    near = share >= least
    return Pairs(one[near], other[near], share[near])


def _overlap(first: Floats, second: Floats, crowd: Bools) -> Floats:
    """Give the overlap of boxes (n, 4) with boxes (n, 4) row by row, in the order of operations of COCO's maskApi.

    `boxes.iou` works on corners, whose rounding can tip an overlap that is exactly the threshold.
    """
    high = np.minimum(first[:, :2] + first[:, 2:], second[:, :2] + second[:, 2:])
    sides = high - np.maximum(first[:, :2], second[:, :2])
    inter = np.where((sides > 0).all(axis=1), sides[:, 0] * sides[:, 1], 0.0)
    area = first[:, 2] * first[:, 3]
    union = np.where(crowd, area, area + second[:, 2] * second[:, 3] - inter)
    share: Floats = np.divide(inter, union, out=np.zeros_like(inter), where=union > 0)
    return share
