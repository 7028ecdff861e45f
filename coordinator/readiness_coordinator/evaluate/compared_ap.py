"""Average precision of two models side by side, over all classes and of each, as rows to be judged."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from readiness.measures import ap_influence, conventions
from readiness.measures.ap_influence import Answered
from readiness_coordinator.evaluate.case import Case
from readiness_coordinator.evaluate.compared_rates import Row

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

LEAST = 50  # objects from which the interval of an average precision holds
_BLOCK = 2_000_000  # cells of a class and a cluster that are held at once


def rows(before: Case, after: Case) -> list[Row]:
    """Compare average precision at the evaluation's overlap, where there are objects enough for an interval."""
    if before.labelled.task == "classification":
        return []
    truth, names = before.truth, before.labelled.classes
    n = np.bincount(truth.row[~truth.crowd], minlength=len(names))
    if n.sum() < LEAST:
        return []
    there, known = np.flatnonzero(n > 0), np.flatnonzero(n >= LEAST)
    sides = [_answered(case) for case in (before, after)]
    ap = np.array([conventions.average_precisions(one.right, one.row, n, "101 points") for one in sides])
    whole, own = _parts(before, sides, n)
    part = np.concatenate([whole[None] / there.size, own])
    values = np.concatenate([ap[:, there].mean(axis=1)[:, None], ap[:, known]], axis=1)
    # A mean over classes is as sure as its classes: objects that give the mean the error of one changed trial in each.
    worth = there.size / np.sqrt((1 / (n[there] + 2) ** 2).sum()) - 2
    found = ap_influence.differences(part, values[1] - values[0], np.append(worth, n[known]))
    return [
        Row(
            part="class" if i else "overall",
            name=names[known[i - 1]] if i else "",
            figure="ap",
            before=float(values[0, i]),
            after=float(values[1, i]),
            lower=float(found.lower[i]),
            upper=float(found.upper[i]),
            error=float(found.error[i]),
            p=float(found.p[i]),
            n=int(n[known[i - 1]] if i else n.sum()),
            clusters=int((part[i] != 0).sum()),
            worse=np.zeros(0, dtype=np.intp),
        )
        for i in range(part.shape[0])
    ]


def _parts(case: Case, sides: Sequence[Answered], n: Indices) -> tuple[Floats, Floats]:
    """Give what each cluster adds to the difference: summed over classes, (clusters,), and of each class with LEAST
    objects, (known, clusters). Classes are taken in blocks, which bounds the memory.
    """
    truth = case.truth
    clusters = int(truth.cluster.max(initial=0)) + 1
    row, cluster = truth.row[~truth.crowd], truth.cluster[truth.image[~truth.crowd]]
    whole, own = np.zeros(clusters), [np.zeros((0, clusters))]
    size = max(1, _BLOCK // clusters)
    for start in range(0, n.size, size):
        counts = n[start : start + size]
        inside = (row >= start) & (row < start + size)
        keys = (row[inside] - start) * clusters + cluster[inside]
        objects = np.bincount(keys, minlength=counts.size * clusters).astype(np.float64).reshape(-1, clusters)
        one, other = (ap_influence.influence(_some(side, start, start + size), objects) for side in sides)
        whole += (other - one).sum(axis=0)
        own.append((other - one)[counts >= LEAST])
    return whole, np.concatenate(own)


def _some(side: Answered, start: int, end: int) -> Answered:
    """Give the answers of the classes from `start` up to `end`, numbered from 0."""
    first, last = np.searchsorted(side.row, (start, end)).tolist()
    return Answered(side.right[first:last], side.row[first:last] - start, side.cluster[first:last])


def _answered(case: Case) -> Answered:
    said, ignored = case.predictions, case.matches.ignored
    order = np.lexsort((-said.scores, said.row))
    order = order[~ignored[order]]
    return Answered(case.matches.objects[order] >= 0, said.row[order], case.truth.cluster[said.image[order]])
