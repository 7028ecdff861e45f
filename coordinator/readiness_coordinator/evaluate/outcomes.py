"""What became of every object and answer at one threshold: matched, misplaced, confused, duplicate, background."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from readiness.evidence.evaluation import Confused
from readiness.evidence.model import Task
from readiness.measures import matching
from readiness.measures.matching import Found, Matched, Truth
from readiness_coordinator.evaluate.ground_truth import GroundTruth
from readiness_coordinator.evaluate.predictions import Predictions

Indices = npt.NDArray[np.intp]
Bools = npt.NDArray[np.bool_]

NEAR = 0.1  # the overlap from which an answer is held to mean an object (TIDE's background threshold, Bolya 2020)
BACKGROUND = "background"


class Outcomes(NamedTuple):
    """Answers at the threshold, best first or not: `image`, `row` (k,); and what each one is.

    `matched`, `misplaced` and `confused` (k,) give the object concerned or -1, one answer an object; `duplicate`
    (k,) answers an object of its class that another one took; what is none of these lies on background. Answers in
    a crowd of their class are left out. `hit` (m,) tells which objects were matched.
    """

    image: Indices
    row: Indices
    matched: Indices
    misplaced: Indices
    confused: Indices
    duplicate: Bools
    hit: Bools

    def errors(self, objects: Bools) -> dict[str, int]:
        """Count the answers by kind, and the objects (m,) that nobody answered."""
        kinds = {
            "matched": self.matched >= 0,
            "misplaced": self.misplaced >= 0,
            "confused": self.confused >= 0,
            "duplicate": self.duplicate,
        }
        counts = {name: int(kind.sum()) for name, kind in kinds.items()}
        counts["background"] = self.row.size - sum(counts.values())
        counts["missed"] = int((objects & ~self.hit).sum())
        return counts


def matches(task: Task, truth: GroundTruth, predictions: Predictions, overlap: float) -> Matched:
    """Match all answers, whatever their score: within the class as COCO does, or each image's answer with its label."""
    if task == "classification":
        about, right = _labelled(truth, predictions.image, predictions.row, len(predictions.pictures))
        return Matched(np.where(right, about, -1), np.zeros(right.size, dtype=bool))
    return matching.match(*_grouped(truth, predictions, np.arange(predictions.scores.size)), overlap)


def judge(
    task: Task, truth: GroundTruth, predictions: Predictions, matched: Matched, confidence: float, overlap: float
) -> Outcomes:
    """Sort out the answers with a score of at least `confidence`, given how all of them match."""
    keep = np.flatnonzero(predictions.scores >= confidence)
    if task == "classification":
        return _labels(truth, predictions, keep)
    return _boxes(truth, predictions, matched, keep, overlap)


def _boxes(truth: GroundTruth, predictions: Predictions, matched: Matched, keep: Indices, overlap: float) -> Outcomes:
    """Take the matches as they are; then what is left: near misses of the class, then other classes."""
    image, row = predictions.image[keep], predictions.row[keep]
    objects, ignored = matched.objects[keep], matched.ignored[keep]
    same, things = _grouped(truth, predictions, keep)
    hit = _taken(objects, truth.row.size)
    left = (objects < 0) & ~ignored
    misplaced = _among(same, things, left, ~hit & ~truth.crowd, NEAR)
    anyone, everything = same._replace(groups=image), things._replace(groups=truth.image)
    rest = left & (misplaced < 0)
    free = ~hit & ~truth.crowd & ~_taken(misplaced, truth.row.size)
    confused = _among(anyone, everything, rest, free, overlap)
    duplicate = rest & (confused < 0) & matching.touching(same, things, overlap)
    counted = ~ignored
    return Outcomes(
        image[counted],
        row[counted],
        objects[counted],
        misplaced[counted],
        confused[counted],
        duplicate[counted],
        hit,
    )


def _grouped(truth: GroundTruth, predictions: Predictions, keep: Indices) -> tuple[Found, Truth]:
    """Give some answers and all objects, grouped by image and class."""
    image, row = predictions.image[keep], predictions.row[keep]
    width = int(max(row.max(initial=0), truth.row.max(initial=0))) + 1
    return (
        Found(predictions.boxes[keep], predictions.scores[keep], image * width + row),
        Truth(truth.boxes, truth.image * width + truth.row, truth.crowd),
    )


def _among(found: Found, truth: Truth, some: Bools, things: Bools, overlap: float) -> Indices:
    """Match some of the answers to some of the objects."""
    one, other = np.flatnonzero(some), np.flatnonzero(things)
    part = matching.match(
        Found(found.boxes[one], found.scores[one], found.groups[one]),
        Truth(truth.boxes[other], truth.groups[other], truth.crowd[other]),
        overlap,
    ).objects
    out = np.full(found.scores.size, -1, dtype=np.intp)
    out[one[part >= 0]] = other[part[part >= 0]]
    return out


def _labels(truth: GroundTruth, predictions: Predictions, keep: Indices) -> Outcomes:
    """Compare the answer of each image with its label."""
    image, row = predictions.image[keep], predictions.row[keep]
    about, right = _labelled(truth, image, row, len(predictions.pictures))
    matched = np.where(right, about, -1)
    return Outcomes(
        image,
        row,
        matched,
        np.full(image.size, -1, dtype=np.intp),
        np.where(right, -1, about),
        np.zeros(image.size, dtype=bool),
        _taken(matched, truth.row.size),
    )


def _labelled(truth: GroundTruth, image: Indices, row: Indices, pictures: int) -> tuple[Indices, Bools]:
    """Give the label that each answer is about, -1 where its image has none, and whether the answer is right."""
    object_of = np.full(pictures, -1, dtype=np.intp)
    object_of[truth.image] = np.arange(truth.image.size)
    about = object_of[image]
    right = (about >= 0) & (truth.row[about] == row) if truth.row.size else np.zeros(image.size, dtype=bool)
    return about, right


def _taken(objects: Indices, count: int) -> Bools:
    taken = np.zeros(count, dtype=bool)
    taken[objects[objects >= 0]] = True
    return taken


def confusion(outcomes: Outcomes, truth: GroundTruth, classes: tuple[str, ...]) -> tuple[Confused, ...]:
    """Count truth against answer, `background` where one of them has none; only what occurs, most frequent first.

    Misplaced answers and their objects stand under background: at this overlap neither is the other's.
    """
    about = np.where(outcomes.matched >= 0, outcomes.matched, outcomes.confused)
    nothing = len(classes)
    of = np.where(about >= 0, truth.row[about] if truth.row.size else nothing, nothing)
    missed = ~truth.crowd & ~_taken(about, truth.row.size)
    pairs = np.concatenate(
        [
            np.column_stack([of, outcomes.row]),
            np.column_stack([truth.row[missed], np.full(int(missed.sum()), nothing)]),
        ]
    )
    cells, counts = np.unique(pairs, axis=0, return_counts=True)
    names = (*classes, BACKGROUND)
    found = [
        Confused(truth=names[int(of_)], answer=names[int(as_)], count=int(count))
        for (of_, as_), count in zip(cells, counts, strict=True)
    ]
    return tuple(sorted(found, key=lambda cell: (-cell.count, cell.truth, cell.answer)))
