"""What became of every object and answer at one threshold: matched, misplaced, confused, duplicate, background."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from readiness.evidence.evaluation import Confused
from readiness.evidence.model import Task
from readiness.measures import matching
from readiness.measures.matching import Found, Matched, Pairs, Truth
from readiness_coordinator.evaluate import instance_masks
from readiness_coordinator.evaluate.ground_truth import GroundTruth
from readiness_coordinator.evaluate.predictions import Predictions
from readiness_coordinator.evaluate.tallies import worst_by_group
from readiness_coordinator.formats import Picture

Indices = npt.NDArray[np.intp]
Bools = npt.NDArray[np.bool_]

NEAR = 0.1  # the overlap from which an answer is held to mean an object (TIDE's background threshold, Bolya 2020)
BACKGROUND = "background"
_MEETING = 1e-12  # boxes that share anything at all: only then can their masks
_IMAGES = 5


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


def close(task: Task, truth: GroundTruth, predictions: Predictions, overlap: float) -> Pairs:
    """Pair every answer with the objects of its image, of any class, that it overlaps by NEAR or more, or by `overlap`.

    All that follows is told from these pairs: of masks where truth and predictions hold masks, else of boxes. A
    classifier's answers have none.
    """
    found = Found(predictions.boxes, predictions.scores, predictions.image)
    things = Truth(truth.boxes, truth.image, truth.crowd)
    if task == "classification":
        return matching.near(found, things, np.inf)
    if truth.outlines is None or predictions.outlines is None:
        return matching.near(found, things, min(NEAR, overlap))
    meeting = matching.near(
        found._replace(boxes=instance_masks.boxes(predictions.outlines)),
        things._replace(boxes=instance_masks.boxes(truth.outlines), crowd=np.zeros_like(truth.crowd)),
        _MEETING,
    )
    pairs = instance_masks.overlapping(meeting, predictions.image, predictions.outlines, truth.outlines, truth.crowd)
    return pairs.where(pairs.overlap >= min(NEAR, overlap))


def matches(task: Task, truth: GroundTruth, predictions: Predictions, overlap: float, pairs: Pairs) -> Matched:
    """Match all answers, whatever their score: within the class as COCO does, or each image's answer with its label.

    `pairs` are what `close` gave for these answers.
    """
    if task == "classification":
        about, right = _labelled(truth, predictions.image, predictions.row, len(predictions.pictures))
        return Matched(np.where(right, about, -1), np.zeros(right.size, dtype=bool))
    return matching.assign(of_class(pairs, truth, predictions), predictions.scores, truth.crowd, overlap)


def of_class(pairs: Pairs, truth: GroundTruth, predictions: Predictions) -> Pairs:
    """Give the pairs whose answer and object are of one class."""
    return pairs.where(predictions.row[pairs.found] == truth.row[pairs.truth])


def judge(
    task: Task,
    truth: GroundTruth,
    predictions: Predictions,
    matched: Matched,
    confidence: float,
    overlap: float,
    pairs: Pairs,
) -> Outcomes:
    """Sort out the answers with a score of at least `confidence`, given how all of them match, and `pairs` as above."""
    keep = predictions.scores >= confidence
    if task == "classification":
        return _labels(truth, predictions, np.flatnonzero(keep))
    return _objects(truth, predictions, matched, keep, pairs, overlap)


def _objects(
    truth: GroundTruth, predictions: Predictions, matched: Matched, keep: Bools, pairs: Pairs, overlap: float
) -> Outcomes:
    """Take the matches as they are; then what is left: near misses of the class, then other classes."""
    objects = np.where(keep, matched.objects, -1)
    hit = _taken(objects, truth.row.size)
    left = keep & (objects < 0) & ~matched.ignored
    open_ = pairs.where(left[pairs.found] & ~truth.crowd[pairs.truth])
    same = of_class(open_, truth, predictions)

    def among(some: Pairs, free: Bools, least: float) -> Indices:
        return matching.assign(some.where(free[some.truth]), predictions.scores, truth.crowd, least).objects

    misplaced = among(same, ~hit, NEAR)
    rest = left & (misplaced < 0)
    others = open_.where(rest[open_.found])
    confused = among(others, ~hit & ~_taken(misplaced, truth.row.size), overlap)
    duplicate = np.zeros(keep.size, dtype=bool)
    duplicate[same.found[same.overlap >= overlap]] = True
    duplicate &= rest & (confused < 0)
    counted = keep & ~matched.ignored
    return Outcomes(
        predictions.image[counted],
        predictions.row[counted],
        objects[counted],
        misplaced[counted],
        confused[counted],
        duplicate[counted],
        hit,
    )


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


def confusion(
    outcomes: Outcomes, truth: GroundTruth, classes: tuple[str, ...], pictures: Sequence[Picture] = ()
) -> tuple[Confused, ...]:
    """Count truth against answer, `background` where one of them has none; only what occurs, most frequent first.

    Misplaced answers and their objects stand under background: at this overlap neither is the other's. With the
    `pictures` at hand each cell names those that hold most of it.
    """
    about = np.where(outcomes.matched >= 0, outcomes.matched, outcomes.confused)
    nothing = len(classes)
    of = np.where(about >= 0, truth.row[about] if truth.row.size else nothing, nothing)
    missed = ~truth.crowd & ~_taken(about, truth.row.size)
    pairs = np.concatenate([of * (nothing + 1) + outcomes.row, truth.row[missed] * (nothing + 1) + nothing])
    cells, place, counts = np.unique(pairs, return_inverse=True, return_counts=True)
    where = np.concatenate([outcomes.image, truth.image[missed]])
    images = worst_by_group(pictures, where, place, cells.size, _IMAGES) if pictures else [()] * cells.size
    names = (*classes, BACKGROUND)
    found = [
        Confused(truth=names[cell // (nothing + 1)], answer=names[cell % (nothing + 1)], count=count, images=most)
        for cell, count, most in zip(cells.tolist(), counts.tolist(), images, strict=True)
    ]
    return tuple(sorted(found, key=lambda cell: (-cell.count, cell.truth, cell.answer)))
