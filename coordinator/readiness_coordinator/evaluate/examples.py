"""Failures worth looking at: the worst of each class and kind of error, spread over images."""

import numpy as np
import numpy.typing as npt

from readiness.evidence.explanation import Box, Example
from readiness.measures.error_kinds import MISSED
from readiness_coordinator.evaluate.case import Case
from readiness_coordinator.evaluate.failures import KINDS, Failures
from readiness_coordinator.formats import Picture

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

_OF_EACH, _OF_IMAGE, _IN_ALL = 3, 5, 200


def worst(case: Case, failures: Failures) -> tuple[Example, ...]:
    """Give up to 3 failures of each class and kind, each of another image, 5 of an image and 200 in all, worst first.

    Worst is the wrong answer with the highest score, and the missed object that the model gives the lowest score below
    the threshold, or none, the largest before others. The first of every class and kind come before the second of any,
    those of the most frequent failures first.
    """
    below = _below(case)
    group = failures.row * len(KINDS) + failures.kind
    # Names settle what is equal otherwise, so that the order of the images does not matter.
    order = np.lexsort((_by_name(case.predictions.pictures)[failures.image], *_worse(case, failures, below), group))
    order = order[_first_of(group[order], failures.image[order])]
    place = _place(group[order])
    order, place = order[place < _OF_EACH], place[place < _OF_EACH]
    often = np.bincount(group)[group[order]]
    used = [0] * len(case.predictions.pictures)
    out: list[Example] = []
    for at in order[np.lexsort((group[order], -often, place))].tolist():
        image = int(failures.image[at])
        if used[image] < _OF_IMAGE and len(out) < _IN_ALL:
            used[image] += 1
            out.append(_example(case, failures, at, below))
    return tuple(out)


def _worse(case: Case, failures: Failures, below: Indices) -> tuple[Floats, Floats]:
    """Give two keys, shape (k,), that rank failures from the worst, the second before the first."""
    scores = np.append(case.predictions.scores, 0.0)
    size = np.append(case.truth.area, 0.0)[failures.object]
    lost = failures.kind == MISSED
    faint = np.append(below, -1)[failures.object]
    return -size, np.where(lost, scores[faint], -scores[failures.answer])


def _below(case: Case) -> Indices:
    """Give each object, shape (m,), the answer below the threshold that would be right, or -1."""
    objects = case.matches.objects
    low = np.flatnonzero((objects >= 0) & (case.predictions.scores < case.confidence))
    out = np.full(case.truth.row.size, -1, dtype=np.intp)
    out[objects[low]] = low
    return out


def _by_name(pictures: tuple[Picture, ...]) -> Indices:
    """Give each picture its place in the order of names."""
    place = np.empty(len(pictures), dtype=np.intp)
    place[sorted(range(len(pictures)), key=lambda i: pictures[i].name)] = np.arange(len(pictures))
    return place


def _first_of(group: Indices, image: Indices) -> Indices:
    """Give the places, in order, of the first of each image within its group."""
    key = group * (int(image.max(initial=0)) + 1) + image
    return np.sort(np.unique(key, return_index=True)[1])


def _place(group: Indices) -> Indices:
    """Count off the members of each group; equal groups stand together."""
    starts = np.flatnonzero(np.diff(group, prepend=-1))
    return np.arange(group.size) - np.repeat(starts, np.diff(starts, append=group.size))


def _example(case: Case, failures: Failures, at: int, below: Indices) -> Example:
    """Write one failure out; of a missed object the answer is the one below the threshold, where there is one."""
    said, classes, boxed = case.predictions, case.labelled.classes, case.labelled.task != "classification"
    kind, about, answer = (int(of[at]) for of in (failures.kind, failures.object, failures.answer))
    if kind == MISSED:
        answer = int(below[about])
    return Example(
        image=said.pictures[int(failures.image[at])].name,
        kind=KINDS[kind],
        class_name=classes[int(failures.row[at])],
        answer=classes[int(said.row[answer])] if answer >= 0 else "",
        score=float(said.scores[answer]) if answer >= 0 else None,
        box=_box(said.boxes[answer]) if boxed and answer >= 0 else None,
        object_box=_box(case.truth.boxes[about]) if boxed and about >= 0 else None,
    )


def _box(box: Floats) -> Box:
    x, y, width, height = (round(side, 2) for side in box.tolist())
    return x, y, width, height
