"""What went wrong with answers and objects: each one's kind of error, how often, where mostly, and what it costs."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from readiness.evidence.explanation import ErrorKind, Kind
from readiness.measures import error_kinds
from readiness.measures.error_kinds import CLASS, IGNORED, MISSED, RIGHT, Sorted
from readiness_coordinator.evaluate.case import Case
from readiness_coordinator.evaluate.predictions import Predictions
from readiness_coordinator.evaluate.tallies import worst_by_group

Indices = npt.NDArray[np.intp]
Bools = npt.NDArray[np.bool_]

KINDS: tuple[Kind, ...] = ("class", "box", "class and box", "duplicate", "background", "missed")
_OF_LABELS = (CLASS, MISSED)
_CLASSES, _IMAGES = 5, 10
_MOST = 100  # answers an image and class that COCO's AP looks at


class Failures(NamedTuple):
    """`answers`: kind and object of every answer. The rest, shape (k,), are the failures at the threshold.

    `row` is the class of the object or, where there is none, of the answer; `answer` and `object` are -1 where there is
    none.
    """

    answers: Sorted
    kind: Indices
    image: Indices
    row: Indices
    answer: Indices
    object: Indices


def of(case: Case) -> Failures:
    """Sort the answers out, those at the threshold and the objects that none of them means listed."""
    truth, said = case.truth, case.predictions
    answers = _labels(case) if case.labelled.task == "classification" else _boxes(case)
    shown = said.scores >= case.confidence
    wrong = np.flatnonzero(shown & (answers.kind > RIGHT))
    lost = np.flatnonzero(error_kinds.missed(Sorted(answers.kind[shown], answers.about[shown]), truth.crowd))
    about = answers.about[wrong]
    rows = np.where(about >= 0, np.append(truth.row, -1)[about], said.row[wrong])
    none = np.full(lost.size, -1, dtype=np.intp)
    return Failures(
        answers=answers,
        kind=np.concatenate([answers.kind[wrong], np.full(lost.size, MISSED)]).astype(np.intp),
        image=np.concatenate([said.image[wrong], truth.image[lost]]),
        row=np.concatenate([rows, truth.row[lost]]),
        answer=np.concatenate([wrong, none]),
        object=np.concatenate([about, lost]),
    )


def kinds(case: Case, failures: Failures) -> tuple[ErrorKind, ...]:
    """Count each kind at the threshold; what mending it would gain is over all answers, as AP is.

    Together the first five are all wrong answers at the threshold, as are misplaced, confused, duplicate and background
    of `Outcomes.errors`. Those give each object one answer at most, so that rates can be bounded; here each answer is
    asked by itself, so a second answer beside an object, badly placed, is one of box and not of background. Missed are
    the objects that no answer means, not even with a wrong class or box; `Outcomes.errors` counts these too.
    """
    classification = case.labelled.task == "classification"
    gains = None if classification else _gains(case, failures.answers)
    images = worst_by_group(case.predictions.pictures, failures.image, failures.kind, len(KINDS), _IMAGES)
    count = np.bincount(failures.kind, minlength=len(KINDS)).tolist()
    return tuple(
        ErrorKind(
            kind=name,
            count=count[at],
            gain=None if gains is None else gains[at],
            classes=_most(case.labelled.classes, failures.row[failures.kind == at]),
            images=images[at],
        )
        for at, name in enumerate(KINDS)
        if not classification or at in _OF_LABELS
    )


def _boxes(case: Case) -> Sorted:
    truth, said = case.truth, case.predictions
    pairs = case.pairs
    return error_kinds.sort_out(pairs, said.row, truth.row, truth.crowd, case.matches, case.iou)


def _labels(case: Case) -> Sorted:
    """Hold the answers of a classifier against the labels."""
    truth, said = case.truth, case.predictions
    label = np.full(len(said.pictures) + 1, -1, dtype=np.intp)
    label[truth.image] = np.arange(truth.image.size)
    about = label[said.image]
    kind = np.where(case.matches.objects >= 0, RIGHT, np.where(about >= 0, CLASS, IGNORED))
    return Sorted(kind.astype(np.int8), about)


def _gains(case: Case, answers: Sorted) -> list[float] | None:
    truth, said = case.truth, case.predictions
    some = _looked_at(said)
    found = error_kinds.gains(
        Sorted(answers.kind[some], answers.about[some]), said.scores[some], said.row[some], truth.row, truth.crowd
    )
    return None if found is None else found[1].tolist()


def _looked_at(said: Predictions) -> Indices:
    """Give the answers that COCO's AP looks at: the best 100 of each class in each image."""
    every = np.arange(said.scores.size)
    if np.bincount(said.image, minlength=1).max() <= _MOST:
        return every
    order = np.lexsort((-said.scores, said.row, said.image))
    image, row = said.image[order], said.row[order]
    starts = np.flatnonzero((np.diff(image, prepend=-1) != 0) | (np.diff(row, prepend=-1) != 0))
    place = every - np.repeat(starts, np.diff(starts, append=every.size))
    return np.sort(order[place < _MOST])


def _most(classes: Sequence[str], rows: Indices) -> tuple[str, ...]:
    """Name the classes that stand most often in `rows`, equal ones in name order."""
    count = np.bincount(rows, minlength=len(classes)).tolist()
    ranked = sorted((-n, name) for n, name in zip(count, classes, strict=True) if n)
    return tuple(name for _, name in ranked[:_CLASSES])
