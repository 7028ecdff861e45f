"""Which detection answers which object: COCO's greedy matching, over all images, classes and overlaps at once."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]
Bools = npt.NDArray[np.bool_]

_BLOCK = 500_000  # pairs looked at together: bounds the memory, whatever one image holds
_MOST = 1 - 1e-10  # pycocotools caps the overlap here, so that equal boxes match at 1.0
_NOBODY = np.iinfo(np.intp).max


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

    def where(self, keep: Bools) -> "Pairs":
        """Give the rows that `keep` (rows,) marks."""
        return Pairs(self.found[keep], self.truth[keep], self.overlap[keep])


def match(found: Found, truth: Truth, overlap: float) -> Matched:
    """Give each detection, best score first within its group, the free object that it overlaps most.

    As COCOeval.evaluateImg of pycocotools does for one IoU threshold: ties go to the later object, an object is
    taken once, and what fits no object but lies in a crowd (intersection over the detection's area) is ignored.
    """
    return assign(near(found, truth, min(overlap, _MOST)), found.scores, truth.crowd, overlap)


def assign(pairs: Pairs, scores: Floats, crowd: Bools, overlap: float) -> Matched:
    """Match as `match` does, given the pairs that may match, of boxes or of masks, and `scores` (n,), `crowd` (m,)."""
    every = assign_each(pairs, scores, crowd, np.array([overlap]))
    return Matched(every.objects[0], every.ignored[0])


def assign_each(pairs: Pairs, scores: Floats, crowd: Bools, overlaps: Floats) -> Matched:
    """Match at each of `overlaps` (t,): `objects` and `ignored` have shape (t, n).

    To hand out objects to the best score first is to let every detection ask for the free object it likes best and
    every object keep the best score that asks (Gale & Shapley 1962, with one ranking for all objects): so all groups
    and overlaps go through few rounds together.
    """
    levels, count = overlaps.size, scores.size
    best_first = np.argsort(-scores, kind="stable")
    place = np.empty(count, dtype=np.intp)
    place[best_first] = np.arange(count)
    asks = _preferred(pairs, place, crowd)
    reach = [np.flatnonzero(asks.overlap >= min(level, _MOST)) for level in overlaps.tolist()]
    rows = np.concatenate(reach) if reach else np.zeros(0, dtype=np.intp)
    level = np.repeat(np.arange(levels), [at.size for at in reach])
    taken = _settled(level * count + asks.found[rows], level * crowd.size + asks.truth[rows], crowd[asks.truth[rows]])
    who, what = asks.found[rows[taken]], asks.truth[rows[taken]]
    objects = np.full((levels, count), -1, dtype=np.intp)
    ignored = np.zeros((levels, count), dtype=bool)
    real = ~crowd[what]
    objects[level[taken][real], best_first[who[real]]] = what[real]
    ignored[level[taken][~real], best_first[who[~real]]] = True
    return Matched(objects, ignored)


def _preferred(pairs: Pairs, place: Indices, crowd: Bools) -> Pairs:
    """Sort pairs by the detection's place, then as it likes them: objects before crowds, more overlap, the later."""
    who = place[pairs.found]
    order = np.lexsort((-pairs.truth, -pairs.overlap, crowd[pairs.truth], who))
    return Pairs(who[order], pairs.truth[order], pairs.overlap[order])


def _settled(who: Indices, what: Indices, shared: Bools) -> Indices:
    """Give the rows that hold in the end: `who` (r,) rising asks for `what` (r,); lower ones win, `shared` hold all."""
    starts = np.flatnonzero(np.diff(who, prepend=-1))
    asker = np.repeat(np.arange(starts.size), np.diff(np.append(starts, who.size)))
    ends = np.append(starts[1:], who.size)
    at = starts.copy()
    _, what = np.unique(what, return_inverse=True)
    holder = np.full(int(what.max(initial=-1)) + 1, _NOBODY, dtype=np.intp)
    asking = np.arange(starts.size)
    while asking.size:
        rows = at[asking]
        rows = rows[~shared[rows]]
        wanted, asking = what[rows], asker[rows]
        before = holder[wanted]
        np.minimum.at(holder, wanted, asking)
        won = holder[wanted] == asking
        ousted = before[won]
        asking = np.concatenate([asking[~won], ousted[ousted != _NOBODY]])
        at[asking] += 1
        asking = asking[at[asking] < ends[asking]]
    held: Indices = at[at < ends]
    return held


def touching(found: Found, truth: Truth, overlap: float) -> Bools:
    """Tell, shape (n,), which detections overlap any object of their group by at least `overlap`, crowds aside."""
    pairs = near(found, truth, overlap)
    out = np.zeros(found.scores.size, dtype=bool)
    out[pairs.found[~truth.crowd[pairs.truth]]] = True
    return out


def near(found: Found, truth: Truth, least: float) -> Pairs:
    """Give every pair of a detection and an object of its group that overlap by at least `least`."""
    first, second = _sides(found.boxes), _sides(truth.boxes)
    parts = [
        _kept(first, second, truth.crowd, one, other, least) for one, other in _expanded(found.groups, truth.groups)
    ]
    if not parts:
        nothing = np.zeros(0, dtype=np.intp)
        return Pairs(nothing, nothing, np.zeros(0))
    return Pairs(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _expanded(found: Indices, truth: Indices) -> Iterator[tuple[Indices, Indices]]:
    """Give all index pairs of equal groups, in blocks."""
    order = np.argsort(truth, kind="stable")
    ranked = truth[order]
    start = np.searchsorted(ranked, found, "left")
    count = np.searchsorted(ranked, found, "right") - start
    some = np.flatnonzero(count)
    ends = np.cumsum(count[some])
    for at in np.split(some, np.flatnonzero(np.diff(ends // _BLOCK)) + 1):
        many = count[at]
        total = int(many.sum())
        if total:
            skip = start[at] - np.cumsum(many) + many
            yield np.repeat(at, many), order[np.repeat(skip, many) + np.arange(total)]


class _Sides(NamedTuple):
    """Boxes by column, each (n,): where they begin and end, and their area."""

    left: Floats
    top: Floats
    right: Floats
    bottom: Floats
    area: Floats


def _sides(boxes: Floats) -> _Sides:
    x, y, width, height = np.ascontiguousarray(boxes.T)
    return _Sides(x, y, x + width, y + height, width * height)


def _kept(first: _Sides, second: _Sides, crowd: Bools, one: Indices, other: Indices, least: float) -> Pairs:
    """Give the pairs that overlap by at least `least`, in the order of operations of COCO's maskApi.

    `boxes.iou` works on corners, whose rounding can tip an overlap that is exactly the threshold.
    """
    across = np.minimum(first.right[one], second.right[other]) - np.maximum(first.left[one], second.left[other])
    meet = across > 0 if least > 0 else np.ones(across.size, dtype=bool)
    one, other, across = one[meet], other[meet], across[meet]
    down = np.minimum(first.bottom[one], second.bottom[other]) - np.maximum(first.top[one], second.top[other])
    inter = np.where((down > 0) & (across > 0), across * down, 0.0)
    area = first.area[one]
    union = np.where(crowd[other], area, area + second.area[other] - inter)
    share: Floats = np.divide(inter, union, out=np.zeros_like(inter), where=union > 0)
    return Pairs(one, other, share).where(share >= least)
