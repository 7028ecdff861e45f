"""Polygon arithmetic on many rings at once: areas, corners, and how much of a ring a crossing turns over."""

from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from readiness.measures import sweep

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

# Edges of one ring that are met in their order from left to right; COCO's longest ring has some 1,500 corners.
_MOST = 4096
# Of longer rings no more pairs of edges are met than of one with so many: a million corners would take minutes.
_PAIRS = _MOST * _MOST
FARTHEST = 1e6


class Rings(NamedTuple):
    """r rings of v corners in all: `points` (v, 2) float64, `ring` (v,) the ring of each, `first` (r + 1,) its start.

    The last corner of a ring joins the first; a ring that repeats its first corner at its end lies here without it.
    """

    points: Floats
    ring: Indices
    first: Indices


def flat(rings: Sequence[Sequence[float]]) -> Rings:
    """Lay out rings of x y x y … one after another; corners that repeat the one before them are left out."""
    lengths = np.fromiter((len(one) // 2 for one in rings), dtype=np.intp, count=len(rings))
    numbers = np.fromiter(chain.from_iterable(rings), dtype=np.float64, count=2 * int(lengths.sum()))
    points, ring = numbers.reshape(-1, 2), np.repeat(np.arange(lengths.size), lengths)
    before = _previous(np.concatenate([[0], np.cumsum(lengths)]))
    kept = (points != points[before]).any(axis=1)
    return _of(points[kept], ring[kept], lengths.size)


def areas(rings: Rings) -> Floats:
    """Give the area (r,) of each ring by the shoelace formula, in square pixels; what crosses itself cancels out."""
    return np.abs(_sums(_cross(rings), rings)) / 2


def corners(rings: Rings) -> Indices:
    """Count the corners (r,) of each ring, those that repeat the one before them once; a single point is no corner."""
    return np.diff(rings.first)


def turned_over(rings: Rings) -> Floats:
    """Give the area (r,) of the largest loop that a ring's crossing of itself cuts off, in square pixels; 0 if none.

    Of the two loops that meet in a crossing the smaller counts: a bow tie gives one wing, a slip of the pen little.
    Bounded: an edge is held against its 4,096 next edges from left to right, in rings of more corners against fewer.
    Rings that reach farther than FARTHEST are left out: their products would drown all others'.
    """
    loops = np.zeros(rings.first.size - 1)
    if rings.ring.size == 0:
        return loops
    far = np.zeros(loops.size, dtype=np.bool_)
    far[rings.ring[(np.abs(rings.points) > FARTHEST).any(axis=1)]] = True
    rings = rings._replace(points=np.where(far[rings.ring, None], 0, rings.points))
    start, end = rings.points, rings.points[_following(rings.first)]
    low, high = np.minimum(start[:, 0], end[:, 0]), np.maximum(start[:, 0], end[:, 0])
    order = sweep.order(rings.ring, low)
    partial = np.concatenate([[0.0], np.cumsum(_cross(rings))])
    alive = ~far[rings.ring[order]]
    bottom, top = np.minimum(start[:, 1], end[:, 1]), np.maximum(start[:, 1], end[:, 1])
    most = np.clip(_PAIRS // np.maximum(corners(rings), 1), 1, _MOST)[rings.ring[order]]
    for i, j in sweep.overlapping(rings.ring[order], low[order], high[order], alive, most):
        one, other = np.minimum(order[i], order[j]), np.maximum(order[i], order[j])
        near = (bottom[one] <= top[other]) & (bottom[other] <= top[one]) & (other - one > 1)
        one, other = one[near], other[near]
        crossing = _crosses(start[one], end[one], start[other], end[other])
        one, other = one[crossing], other[crossing]
        if one.size:
            np.maximum.at(loops, rings.ring[one], _smaller_loop(rings, partial, one, other))
    return loops


def _smaller_loop(rings: Rings, partial: Floats, one: Indices, other: Indices) -> Floats:
    """Give the area (k,) of the smaller loop where edges `one` < `other` cross, by index of their first corner."""
    follower = _following(rings.first)
    a, b, c, d = rings.points[one], rings.points[follower[one]], rings.points[other], rings.points[follower[other]]
    along, across = b - a, d - c
    share = _det(c - a, across) / _det(along, across)
    meeting = a + share[:, None] * along
    # From the meeting over the corners after `one` up to `other`, and back: prefix sums hold all but its two ends.
    inner = partial[other] - partial[one + 1] + _det(meeting, b) + _det(c, meeting)
    ring = rings.ring[one]
    whole = partial[rings.first[ring + 1]] - partial[rings.first[ring]]
    return np.minimum(np.abs(inner), np.abs(whole - inner)) / 2


def _crosses(a: Floats, b: Floats, c: Floats, d: Floats) -> npt.NDArray[np.bool_]:
    """Tell where the open segments a b and c d (k, 2) cross properly; touching ends are no crossing."""
    left, right = _det(b - a, c - a), _det(b - a, d - a)
    above, below = _det(d - c, a - c), _det(d - c, b - c)
    return (left * right < 0) & (above * below < 0)


def _det(first: Floats, second: Floats) -> Floats:
    return first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]


def _cross(rings: Rings) -> Floats:
    return _det(rings.points, rings.points[_following(rings.first)])


def _sums(values: Floats, rings: Rings) -> Floats:
    sums: Floats = np.bincount(rings.ring, weights=values, minlength=rings.first.size - 1).astype(np.float64)
    return sums


def _of(points: Floats, ring: Indices, count: int) -> Rings:
    return Rings(points, ring, np.concatenate([[0], np.cumsum(np.bincount(ring, minlength=count))]).astype(np.intp))


def _following(first: Indices) -> Indices:
    """Give the index (v,) of the corner after each one, the first after the last."""
    after = np.arange(1, first[-1] + 1, dtype=np.intp)
    held = np.flatnonzero(np.diff(first))
    after[first[held + 1] - 1] = first[held]
    return after


def _previous(first: Indices) -> Indices:
    before = np.arange(-1, first[-1] - 1, dtype=np.intp)
    held = np.flatnonzero(np.diff(first))
    before[first[held]] = first[held + 1] - 1
    return before
