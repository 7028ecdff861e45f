"""Which kind of error each answer is, by TIDE's six, and what mean AP would gain were all of one kind mended."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from readiness.measures.matching import Matched, Pairs

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]
Kinds = npt.NDArray[np.int8]
Bools = npt.NDArray[np.bool_]

NEAR = 0.1  # the overlap from which an answer is held to mean an object: TIDE's background threshold
CLASS, BOX, CLASS_AND_BOX, DUPLICATE, BACKGROUND, MISSED = range(6)
RIGHT, IGNORED = -1, -2
_POINTS = np.arange(101)  # recall in hundredths, as COCO averages precision


class Sorted(NamedTuple):
    """`kind` (n,) of each answer, RIGHT or IGNORED (it lies in a crowd); `about` (n,): the object it means, or -1."""

    kind: Kinds
    about: Indices


def sort_out(pairs: Pairs, said: Indices, classes: Indices, crowd: Bools, matched: Matched, overlap: float) -> Sorted:
    """Tell why each answer that is not matched is wrong (TIDE, Bolya et al. 2020, with its order of questions).

    `said` (n,) and `classes` (m,) are the classes of answers and objects, `crowd` (m,) as in matching. `pairs` are all
    of one image, whatever their class, that overlap by NEAR or more, by answer and then by object as `matching.near`
    gives them; `matched` is how they match within the class at `overlap`. Box: an object of its class is near, but not
    enough. Class: it fits an object of another class. Duplicate: it fits an object of its class that a better answer
    took. Class and box: only an object of another class is near. Background: none is.
    The kind of an answer depends on better answers alone, so it is the same at every threshold.
    """
    wrong = (matched.objects < 0) & ~matched.ignored
    pairs = pairs.where(wrong[pairs.found] & ~crowd[pairs.truth])
    same = said[pairs.found] == classes[pairs.truth]
    own, its = _best(pairs.where(same), said.size)
    other, others = _best(pairs.where(~same), said.size)
    taken = np.append(_among(matched.objects, crowd.size), False)
    fits = (own >= overlap) & taken[its]
    questions = [matched.objects >= 0, ~wrong, (own > 0) & ~fits, other >= overlap, fits, other > NEAR]
    kinds = [RIGHT, IGNORED, BOX, CLASS, DUPLICATE, CLASS_AND_BOX]
    objects = [matched.objects, matched.objects, its, others, its, others]
    return Sorted(np.select(questions, kinds, BACKGROUND).astype(np.int8), np.select(questions, objects, -1))


def missed(answers: Sorted, crowd: Bools) -> Bools:
    """Tell, shape (m,), which objects none of `answers` is right about or means with a wrong class or box."""
    meant = np.isin(answers.kind, (RIGHT, CLASS, BOX))
    return ~crowd & ~_among(answers.about[meant], crowd.size)


def gains(
    answers: Sorted, scores: Floats, said: Indices, classes: Indices, crowd: Bools
) -> tuple[float, Floats] | None:
    """Give mean AP, and what it would gain, shape (6,), were all errors of a kind mended: TIDE's oracles.

    `scores`, `said` are of the answers (n,), `classes`, `crowd` of the objects (m,). An answer of a wrong class or box
    becomes right where it is the best that means a free object, and is removed otherwise; the other wrong answers are
    removed; a missed object is taken out of the count. A class with answers and no object counts as AP 0, one with
    neither is left out; COCO's tools leave both out. Among equal scores wrong answers come first, so that the order of
    images does not matter. None where there is no object.
    """
    if crowd.all():
        return None
    ranked = _Ranked(np.unique(-scores, return_inverse=True)[1], int(max(said.max(initial=0), classes.max())) + 1)
    kind, about = answers
    positives = np.bincount(classes[~crowd], minlength=ranked.classes)
    best = _best_of_free(answers, ranked.rank, crowd)
    right, counted = kind == RIGHT, kind != IGNORED
    before = ranked.mean_ap(counted, said, right, positives)
    after = []
    for one in range(MISSED):
        mended = best & (kind == one)
        rows = np.where(mended, classes[about], said)
        after.append(ranked.mean_ap(counted & ((kind != one) | mended), rows, right | mended, positives))
    gone = np.bincount(classes[missed(answers, crowd)], minlength=ranked.classes)
    after.append(ranked.mean_ap(counted, said, right, positives - gone))
    return before, np.array(after) - before


class _Ranked(NamedTuple):
    """Answers by the rank (n,) of their score, equal scores sharing one, in so many `classes`."""

    rank: Indices
    classes: int

    def mean_ap(self, some: Bools, said: Indices, right: Bools, positives: Indices) -> float:
        """Average precision at 101 recall points of `some` of the answers, over classes with an answer or an object."""
        width = int(self.rank.max(initial=0)) + 1
        keys = np.sort(((said[some] * width + self.rank[some]) << 1) | right[some])
        rows = (keys >> 1) // width
        answers = np.bincount(rows, minlength=self.classes)
        hits = np.flatnonzero(keys & 1)
        of = rows[hits]
        count = np.bincount(of, minlength=self.classes)
        nth = np.arange(hits.size) - (np.cumsum(count) - count)[of] + 1
        precision = nth / (hits - (np.cumsum(answers) - answers)[of] + 1)
        # The best precision from here on: a running maximum from the back, which each class starts anew one higher.
        lift = self.classes - of
        envelope = np.maximum.accumulate((precision + lift)[::-1])[::-1] - lift
        needed = np.maximum(1, -(-_POINTS * positives[:, None] // 100))
        reached = needed <= count[:, None]
        at = np.where(reached, (np.cumsum(count) - count)[:, None] + needed - 1, hits.size)
        ap = np.append(envelope, 0.0)[at].mean(axis=1)
        there = (answers > 0) | (positives > 0)
        # Nothing left to find and nothing false: all is mended.
        return float(ap[there].mean()) if there.any() else 1.0


def _best(pairs: Pairs, count: int) -> tuple[Floats, Indices]:
    """Give the largest overlap (count,) of each answer, and its object or -1; of equal ones the first."""
    found, truth, overlap = pairs
    starts = np.flatnonzero(np.diff(found, prepend=-1))
    share, which = np.zeros(count), np.full(count, -1, dtype=np.intp)
    if starts.size:
        share[found[starts]] = np.maximum.reduceat(overlap, starts)
        most = np.flatnonzero(overlap == share[found])[::-1]
        which[found[most]] = truth[most]
    return share, which


def _best_of_free(answers: Sorted, rank: Indices, crowd: Bools) -> Bools:
    """Tell, shape (n,), which answers are the best that mean a free object with a wrong class or box."""
    kind, about = answers
    taken = _among(about[kind == RIGHT], crowd.size)
    some = np.flatnonzero((kind == CLASS) | (kind == BOX))
    some = some[~taken[about[some]]]
    some = some[np.lexsort((some, rank[some], about[some]))]
    best = np.zeros(kind.size, dtype=bool)
    best[some[np.diff(about[some], prepend=-1) != 0]] = True
    return best


def _among(objects: Indices, count: int) -> Bools:
    out = np.zeros(count, dtype=bool)
    out[objects[objects >= 0]] = True
    return out
