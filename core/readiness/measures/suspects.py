"""Labels that a model's sure answers contradict: objects overlooked, under another class, or badly placed.

The three kinds are ObjectLab's (Tkachenko, Thyagarajan, Mueller 2023). What counts as sure is taken from the model
itself, class by class, as confident learning does (Northcutt, Jiang, Chuang 2021): the mean score of its answers that
agree with the labels. A fixed score would suit one model and mute the next.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from readiness.measures.matching import Found, Truth, match, near

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]
Bools = npt.NDArray[np.bool_]

AGREES = 0.5
# Below this overlap a detection stands on unlabelled ground: the background limit of TIDE (Bolya et al. 2020).
BACKGROUND = 0.1
# So many agreeing answers make a class's own mean; with fewer it is that of all classes.
_ENOUGH = 5
_ROUNDING = 1e-9


class Suspects(NamedTuple):
    """Suspected labels, the most doubtful first: `answers` (k,) the contradicting answers, `labels` (k,) the labels
    concerned, -1 where there is none, `doubt` (k,) from 0 to 1.
    """

    answers: Indices
    labels: Indices
    doubt: Floats


class Answers(NamedTuple):
    """A model's answers on the pictures: `image` (n,) indexes the dataset's pictures, `row` (n,) the classes, `boxes`
    (n, 4) are x y width height in pixels, `scores` (n,); `run` (pictures,) tells which pictures the model was given.
    """

    image: Indices
    row: Indices
    boxes: Floats
    scores: Floats
    run: Bools


class Boxes(NamedTuple):
    """Labelled objects or answers: `image` (n,), `row` (n,) of the class, `boxes` (n, 4) x y width height."""

    image: Indices
    row: Indices
    boxes: Floats


def sure(scores: Floats, rows: Indices, agree: Bools, classes: int) -> Floats:
    """Give the score from which an answer of each class is sure, shape (classes,); above 1 where none ever agreed."""
    if not agree.any():
        return np.full(classes, np.inf)
    count = np.bincount(rows[agree], minlength=classes)
    total = np.bincount(rows[agree], weights=scores[agree], minlength=classes)
    own: Floats = np.divide(total, count, out=np.zeros(classes), where=count > 0)
    # A mean of equal scores may round above them.
    return np.where(count >= _ENOUGH, own, float(scores[agree].mean())) - _ROUNDING


def of_boxes(answers: Boxes, scores: Floats, labels: Boxes, crowd: Bools, classes: int) -> dict[str, Suspects]:
    """Give `missing`, `class` and `box` suspects of detections, `scores` (n,), against objects, `crowd` (m,) aside."""
    by_class = Found(answers.boxes, scores, answers.image * classes + answers.row)
    agree = match(by_class, Truth(labels.boxes, labels.image * classes + labels.row, crowd), AGREES)
    certain = scores >= sure(scores, answers.row, agree.objects >= 0, classes)[answers.row]
    # Any answer of the right class that fits, however unsure, speaks for a label.
    spoken = _best_own(by_class, labels, classes, crowd)
    pairs = near(Found(answers.boxes, scores, answers.image), Truth(labels.boxes, labels.image, crowd), BACKGROUND)
    alone = certain.copy()
    alone[pairs.found] = False
    missing = np.flatnonzero(alone & ~agree.ignored)
    free = certain[pairs.found] & (agree.objects[pairs.found] < 0) & ~crowd[pairs.truth]
    same = answers.row[pairs.found] == labels.row[pairs.truth]
    other_class = np.flatnonzero(free & ~same & (pairs.overlap >= AGREES))
    # An answer that its own class's label also overlaps is a second answer to that one.
    hits_own = np.zeros(scores.size, dtype=bool)
    hits_own[pairs.found[same & (pairs.overlap >= AGREES)]] = True
    other_class = other_class[~hits_own[pairs.found[other_class]]]
    beside = np.flatnonzero(free & same & (pairs.overlap < AGREES) & (spoken[pairs.truth] == 0))
    return {
        "missing": _ranked(missing, np.full(missing.size, -1), scores[missing]),
        "class": _of_pairs(pairs.found, pairs.truth, other_class, scores[pairs.found] - spoken[pairs.truth]),
        "box": _of_pairs(pairs.found, pairs.truth, beside, scores[pairs.found] * (1 - pairs.overlap)),
    }


def of_labels(answers: Indices, scores: Floats, labels: Indices, classes: int) -> Suspects:
    """Give the images (n,) whose label a sure answer of another class contradicts; all arrays have shape (n,)."""
    agree = answers == labels
    doubted = np.flatnonzero(~agree & (scores >= sure(scores, answers, agree, classes)[answers]))
    return _ranked(doubted, doubted, scores[doubted])


def _best_own(found: Found, labels: Boxes, classes: int, crowd: Bools) -> Floats:
    """Give the best score of an answer of the label's own class that fits it, shape (m,); 0 where there is none."""
    pairs = near(found, Truth(labels.boxes, labels.image * classes + labels.row, crowd), AGREES)
    best = np.zeros(labels.row.size)
    np.maximum.at(best, pairs.truth, found.scores[pairs.found])
    return best


def _of_pairs(found: Indices, truth: Indices, chosen: Indices, doubt: Floats) -> Suspects:
    """Keep each label's strongest contradiction, if it outweighs what speaks for the label."""
    chosen = chosen[doubt[chosen] > 0]
    chosen = chosen[np.lexsort((found[chosen], -doubt[chosen]))]
    _, first = np.unique(truth[chosen], return_index=True)
    chosen = chosen[np.sort(first)]
    return _ranked(found[chosen], truth[chosen], doubt[chosen])


def _ranked(answers: Indices, labels: Indices, doubt: Floats) -> Suspects:
    order = np.lexsort((answers, -doubt))
    return Suspects(answers[order], labels[order], doubt[order])
