"""Choosing a threshold without fooling oneself: cross-fitted by cluster, with its band, or by a promise that holds."""

import zlib
from collections.abc import Callable, Sequence
from itertools import combinations_with_replacement
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special

from readiness.evidence.threshold import Aim
from readiness.measures import intervals, operating
from readiness.measures.operating import Ladder

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]
Bools = npt.NDArray[np.bool_]
Counts = tuple[Floats, Floats]  # right answers and answers, by cell
Pick = Callable[[Floats, Floats, Floats], Indices]  # right answers, answers, objects: rungs last but the objects'

PARTS, FOLDS = 20, 5
POSITIVES = 200  # objects from which a class's own threshold is better than that of all (simulated, see the bench)
FEWEST_OWN = 20  # objects under which a class never has one
BANDED = 100  # objects from which the band holds the true best in 94 of 100 samples (simulated, see the bench)
_RUNGS = 256  # a class with more right answers is looked at in steps of half a percent of them
_REPLICAS = 200
_CELLS = 4_000_000  # of all replicas looked at together: bounds the memory
_ONE_ERROR = 0.68  # of an interval: one standard error to either side
_NEVER = 1e18  # false answers: a rung with so many is not picked
STARTS = (2, 8, 32)  # times the fewest answers that could prove a precision


class Rungs(NamedTuple):
    """The thresholds tried: `answers` kept, `score`, and the `folds` that have an answer of this score, each
    (groups, rungs); a fold is a bit.

    The first rung of a group keeps nothing: its score is infinite, and it is in every fold. `right_by`, `answers_by`
    (groups, rungs, parts) and `objects_by` (groups, parts) count by part.
    """

    answers: Indices
    score: Floats
    folds: Indices
    right_by: Floats
    answers_by: Floats
    objects_by: Floats


def parted(clusters: Sequence[str]) -> Indices:
    """Deal the clusters, named each, into PARTS parts of equal count: by their names alone, in whatever order."""
    order = sorted(range(len(clusters)), key=lambda i: (zlib.crc32(clusters[i].encode()), clusters[i]))
    part = np.empty(len(clusters), dtype=np.intp)
    part[order] = np.arange(len(clusters)) % PARTS
    return part


def at_right_answers(ladder: Ladder, part: Indices) -> Rungs:
    """Try the scores of the right answers: no other can have the best F1 or cost, or end a promised recall."""
    right = np.flatnonzero(ladder.right)
    first = np.searchsorted(right, ladder.starts)
    count = np.diff(first)[:, None]
    step = np.arange(_RUNGS)[None, :]
    most = np.maximum(count - 1, 0)
    pick = np.where(count <= _RUNGS, np.minimum(step, most), np.rint(step * most / (_RUNGS - 1)).astype(np.intp))
    row = np.append(right, 0)[np.where(count > 0, first[:-1, None] + pick, right.size)]
    answers = np.where(count > 0, row + 1 - ladder.starts[:-1, None], 0)
    return _rungs(ladder, part, answers)


def at_counts(ladder: Ladder, part: Indices, fewest: int) -> Rungs:
    """Try counts of answers from `fewest` up in equal ratios: as they heed scores alone, a test in turn stays valid."""
    size = np.diff(ladder.starts)[:, None].astype(np.float64)
    ratio = np.maximum(size / fewest, 1)
    answers = np.minimum(fewest * ratio ** (np.arange(_RUNGS) / (_RUNGS - 1)), size)
    return _rungs(ladder, part, np.rint(answers).astype(np.intp))


def _rungs(ladder: Ladder, part: Indices, answers: Indices) -> Rungs:
    """Take in answers of equal score, put the rung that keeps nothing before, and count by part."""
    start, every = ladder.starts[:-1, None], (1 << FOLDS) - 1
    folds = np.array([every])
    ends = np.zeros(0, dtype=np.intp)
    if ladder.score.size:
        change = np.flatnonzero((np.diff(ladder.score) != 0) | (np.diff(ladder.group) != 0))
        ends = np.append(change + 1, ladder.score.size)
        owners = np.bitwise_or.reduceat(1 << (part[ladder.cluster] % FOLDS), np.append(0, ends[:-1]))
        folds = np.append(owners, every)
        row = np.maximum(start + answers - 1, 0)
        answers = np.where(answers > 0, ends[np.searchsorted(ends, row, "right").clip(max=ends.size - 1)] - start, 0)
    answers = np.concatenate([np.zeros_like(start), answers], axis=1)
    last = np.maximum(start + answers - 1, 0)
    some = answers > 0
    score = np.append(ladder.score, np.inf)
    at = np.where(some, last, ladder.score.size)
    run = np.where(some, np.searchsorted(ends, last, "right"), ends.size)
    right_by, answers_by = _by_part(ladder, part, answers)
    objects_by = np.zeros((ladder.groups, PARTS))
    np.add.at(objects_by, (ladder.cell_group, part[ladder.cell_cluster]), ladder.cell_objects)
    return Rungs(answers, score[at], folds[run], right_by, answers_by, objects_by)


def _by_part(ladder: Ladder, part: Indices, answers: Indices) -> Counts:
    """Count right answers and answers kept at each rung, by part: (groups, rungs, parts)."""
    groups, rungs = answers.shape
    slot = ladder.starts[:-1] + np.arange(groups)  # each group has one place more than answers
    passed = np.bincount((slot[:, None] + answers).ravel(), minlength=ladder.score.size + groups + 1).cumsum()
    row = np.arange(ladder.score.size) + ladder.group
    before = np.append(0, passed)[slot]
    rung = passed[row] - before[ladder.group]  # the rungs passed so far: the first one left keeps this answer
    key = (ladder.group * (rungs + 1) + rung) * PARTS + part[ladder.cluster]
    shape, size = (groups, rungs + 1, PARTS), groups * (rungs + 1) * PARTS
    right_by, answers_by = (
        np.bincount(keys, minlength=size).reshape(shape)[:, :rungs].cumsum(axis=1).astype(np.float64)
        for keys in (key[ladder.right], key)
    )
    return right_by, answers_by


def best(aim: Aim) -> Pick:
    """Give what picks the rung with the best F1 or the least cost, the highest of equals."""

    def pick(right: Floats, answers: Floats, objects: Floats) -> Indices:
        if aim.kind == "f1":
            worth = 2 * right / np.maximum(objects[:, None] + answers, 1)
        else:
            worth = (aim.cost_missed + aim.cost_false) * right - aim.cost_false * answers
        at: Indices = worth.argmax(axis=1)
        return at

    return pick


def reaching(kind: str, rate: Floats) -> Pick:
    """Give what picks the highest rung with a recall of `rate` (groups,), or the lowest with such a precision."""

    def pick(right: Floats, answers: Floats, objects: Floats) -> Indices:
        need = rate.reshape(-1, *[1] * (right.ndim - 1)).astype(right.dtype) - 1e-6
        if kind == "recall":
            enough, otherwise = right >= need * objects[:, None], right.shape[1] - 1
            at: Indices = enough.argmax(axis=1)
        else:
            enough, otherwise = (right >= need * answers) & (answers > 0), 0
            at = right.shape[1] - 1 - enough[:, ::-1].argmax(axis=1)
        return np.where(enough.any(axis=1), at, otherwise)

    return pick


def chosen(rungs: Rungs, pick: Pick) -> Indices:
    """Give the rung of each group, (groups,), by all parts."""
    return pick(rungs.right_by.sum(axis=2), rungs.answers_by.sum(axis=2), rungs.objects_by.sum(axis=1))


def cross_fitted(rungs: Rungs, aim: Aim) -> Floats:
    """Give the thresholds chosen without two folds, (groups, FOLDS, FOLDS); on the diagonal without that one.

    Neither the counts nor the scores of a fold that is left out are looked at.
    """
    out = np.empty((rungs.score.shape[0], FOLDS, FOLDS))
    pick = best(aim)
    for one, other in combinations_with_replacement(range(FOLDS), 2):
        rest = ~np.isin(np.arange(PARTS) % FOLDS, (one, other))
        out_of = (rungs.folds & ~((1 << one) | (1 << other))) == 0
        right, answers = (table[:, :, rest].sum(axis=2) for table in (rungs.right_by, rungs.answers_by))
        right, answers = np.where(out_of, -1.0, right), np.where(out_of, _NEVER, answers)
        at = pick(right, answers, rungs.objects_by[:, rest].sum(axis=1))
        out[:, one, other] = out[:, other, one] = np.take_along_axis(rungs.score, at[:, None], axis=1)[:, 0]
    return out


def own_or_pooled(ladder: Ladder, rungs: Rungs, part: Indices, aim: Aim, images: int) -> tuple[Bools, Floats]:
    """Tell of which groups, (groups,), the data suffice for a threshold of their own; and what to try each fold at.

    They do from POSITIVES objects on, spread over FOLDS clusters, and from FEWEST_OWN on where its own is better,
    cross-fitted, than that of all by a standard error over parts. The thresholds tried, (groups, FOLDS), are chosen
    without their fold, and so is between own and pooled (nested cross-validation, Varma & Simon 2006).
    """
    crossed, fold = cross_fitted(rungs, aim), part[ladder.cluster] % FOLDS
    enough = (ladder.objects.trials >= POSITIVES) & (ladder.objects.clusters >= FOLDS)
    enough[-1] = True
    diagonal = np.arange(FOLDS)
    each = crossed[:, diagonal, diagonal]
    tried = np.empty_like(each)
    for left_out in range(FOLDS):
        inner = crossed[:, left_out].copy()
        inner[:, left_out] = np.inf
        own = enough | _better(ladder, rungs, part, aim, images, inner[ladder.group, fold], inner[-1, fold])
        tried[:, left_out] = np.where(own, each[:, left_out], each[-1, left_out])
    return enough | _better(ladder, rungs, part, aim, images, each[ladder.group, fold], each[-1, fold]), tried


def _better(ladder: Ladder, rungs: Rungs, part: Indices, aim: Aim, images: int, own: Floats, pooled: Floats) -> Bools:
    """Tell for which groups, (groups,), the thresholds `own` of each answer, (k,), are better than `pooled`."""
    group = np.repeat(np.arange(ladder.groups), PARTS)
    key = ladder.group * PARTS + part[ladder.cluster]

    def counted(keep: Bools) -> Counts:
        right, answers = (np.bincount(key[some], minlength=group.size) for some in (keep & ladder.right, keep))
        return right.astype(np.float64), answers.astype(np.float64)

    cells = Cells(group, ladder.groups, rungs.objects_by.ravel())
    new, old = counted(ladder.score >= own), counted(ladder.score >= pooled)
    better: Bools = gain(cells, aim, new, old, PARTS, images, _ONE_ERROR).lower > 0
    return better & (ladder.objects.trials >= FEWEST_OWN)


def band(rungs: Rungs, make: Callable[[slice], Pick], value: Floats, confidence: float) -> tuple[Floats, Floats]:
    """Give the range, two (groups,), in which the choice moves when whole parts are drawn anew with replacement.

    The central `confidence` of 200 bootstrap replicas (Efron & Tibshirani 1993, 13) over 20 parts of clusters, widened
    to hold `value`; the seed is fixed. `make` gives the pick for a slice of the groups.
    """
    draws = np.random.default_rng(5).multinomial(PARTS, [1 / PARTS] * PARTS, size=_REPLICAS).T.astype(np.float32)
    groups, count = rungs.score.shape
    block = max(1, _CELLS // (count * _REPLICAS))
    picked = []
    for some in (slice(at, at + block) for at in range(0, groups, block)):
        drawn = [_redrawn(table[some], draws) for table in (rungs.right_by, rungs.answers_by, rungs.objects_by)]
        picked.append(make(some)(drawn[0], drawn[1], drawn[2]))
    moved = np.sort(np.take_along_axis(rungs.score, np.concatenate(picked), axis=1), axis=1)
    out = int((1 - confidence) / 2 * _REPLICAS)
    return np.minimum(moved[:, out], value), np.maximum(moved[:, -1 - out], value)


def _redrawn(counts: Floats, draws: npt.NDArray[np.float32]) -> Floats:
    """Give counts (…, parts) of every replica, (…, replicas); whole numbers of single precision, so exact."""
    return np.asarray(counts.reshape(-1, PARTS).astype(np.float32) @ draws).reshape(*counts.shape[:-1], -1)


def promised(ladder: Ladder, rungs: Rungs, aim: Aim, target: float, confidence: float) -> Indices:
    """Give the rung of each group, (groups,), whose rate is at least `target` with `confidence`; 0 where none is.

    Learn then Test (Angelopoulos et al. 2021): rungs are tested in a fixed turn by exact binomial p values on the
    effective sample size, and the first that fails ends it. Recall goes from the lowest threshold up; precision from
    up to three starts down, which share the error, as the highest thresholds keep too few answers to prove anything.
    """
    groups = np.broadcast_to(np.arange(ladder.groups)[:, None], rungs.answers.shape)
    sums = operating.moments(ladder, groups, rungs.answers)[aim.kind == "precision"]
    worth = intervals.effective_of(sums, confidence)
    hits = sums.hits / np.maximum(sums.trials, 1) * worth
    p = np.where(hits > 0, special.betainc(np.maximum(hits, 1e-9), worth - hits + 1, target), 1.0)
    alpha = 1 - confidence
    if aim.kind == "recall":
        passed = np.logical_and.accumulate((p <= alpha)[:, ::-1], axis=1).sum(axis=1)
        return np.where(passed > 0, rungs.answers.shape[1] - passed, 0)
    starts = [_start(rungs, fewest(target, confidence) * times) for times in STARTS]
    tests = np.maximum(sum((start > 0).astype(np.intp) for start in starts), 1)
    reached = [_lowest(p <= alpha / tests[:, None], start) for start in starts]
    lowest: Indices = np.maximum.reduce(reached)
    return lowest


def fewest(target: float, confidence: float) -> int:
    """Count the trials that prove a rate of `target` when none of them fails."""
    return int(np.ceil(np.log(1 - confidence) / np.log(target)))


def _start(rungs: Rungs, answers: int) -> Indices:
    """Give the first rung, (groups,), that keeps so many answers; 0 where none does."""
    first: Indices = (rungs.answers >= answers).argmax(axis=1)
    return first


def _lowest(holds: Bools, start: Indices) -> Indices:
    """Give the last rung, (groups,), up to which all hold from `start` on; 0 where not even that does."""
    skipped = np.arange(holds.shape[1])[None, :] < start[:, None]
    last = np.logical_and.accumulate(holds | skipped, axis=1).sum(axis=1) - 1
    return np.where((start > 0) & (last >= start), last, 0)


def score_of(aim: Aim, right: Floats, answers: Floats, objects: Floats, images: int) -> Floats:
    """Give F1, or the cost an image, of counts of any one shape."""
    if aim.kind == "f1":
        f1: Floats = 2 * right / np.maximum(objects + answers, 1)
        return f1
    return (aim.cost_missed * (objects - right) + aim.cost_false * (answers - right)) / images


class Gain(NamedTuple):
    """How much better one way to answer is than another, (groups,), with its two-sided interval."""

    value: Floats
    lower: Floats
    upper: Floats


class Cells(NamedTuple):
    """Groups in clusters, or in parts: the `group` and `objects` of each, (cells,)."""

    group: Indices
    groups: int
    objects: Floats


def gain(
    cells: Cells, aim: Aim, new: Counts, old: Counts, clusters: int, images: int, confidence: float | Floats
) -> Gain:
    """Compare F1, or the cost an image, of two ways to answer the same images, given what each keeps by cell.

    `confidence` is one for all groups or one of each, (groups,). Paired by cluster: the variance of the clusters'
    influence on the difference (linearised ratio), by the t quantile for as many clusters as the ways differ in, so
    that a few differing clusters cannot prove anything.
    """

    def total(values: Floats) -> Floats:
        return np.bincount(cells.group, values, cells.groups).astype(np.float64)

    if aim.kind == "f1":
        (f1, influence), (f1_old, influence_old) = (_f1(cells, counts, total) for counts in (new, old))
        value, parts = f1 - f1_old, influence - influence_old
    else:
        parts = score_of(aim, *old, cells.objects, images) - score_of(aim, *new, cells.objects, images)
        value = total(parts)
    differing = total(((new[0] != old[0]) | (new[1] != old[1])).astype(np.float64))
    centred = total(parts**2) - total(parts) ** 2 / clusters
    error = np.sqrt(np.maximum(centred, 0) * clusters / max(clusters - 1, 1))
    half = special.stdtrit(np.maximum(differing - 1, 1), 1 - (1 - confidence) / 2) * error
    return Gain(value, value - half, value + half)


def _f1(cells: Cells, counts: Counts, total: Callable[[Floats], Floats]) -> tuple[Floats, Floats]:
    right, answers = counts
    both = cells.objects + answers
    size = np.maximum(total(both), 1)
    f1 = 2 * total(right) / size
    return f1, (2 * right - f1[cells.group] * both) / size[cells.group]
