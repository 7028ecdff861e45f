"""Each class at the threshold: recall, precision and misplaced answers with bounds, and the images that stand out."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from readiness.evidence.bounded import Rate
from readiness.evidence.evaluation import ClassResult
from readiness.measures import intervals
from readiness_coordinator.evaluate.case import Case
from readiness_coordinator.evaluate.tallies import worst_by_group

Indices = npt.NDArray[np.intp]
Bools = npt.NDArray[np.bool_]


def measure(case: Case, card_names: Mapping[str, str]) -> list[ClassResult]:
    """Give one result per class of the dataset, in the order of its rows, without averages."""
    truth, said = case.truth, case.outcomes
    right, near = said.matched >= 0, (said.matched >= 0) | (said.misplaced >= 0)
    objects = np.where(truth.crowd, -1, truth.row)
    recall = _rates(case, said.hit, objects, truth.image)
    precision = _rates(case, right, said.row, said.image)
    misplaced = _rates(case, said.misplaced >= 0, np.where(near, said.row, -1), said.image)
    missed = _worst(case, truth.image, np.where(said.hit, -1, objects))
    false = _worst(case, said.image, np.where(right, -1, said.row))
    images = _images(case, objects)
    return [
        ClassResult(
            name=name,
            card_name=card_names.get(name, ""),
            objects=recall[row].n,
            images=int(images[row]),
            detections=precision[row].n,
            recall=recall[row],
            precision=precision[row],
            misplaced=misplaced[row],
            missed_images=missed[row],
            false_images=false[row],
        )
        for row, name in enumerate(case.labelled.classes)
    ]


def misplaced(case: Case) -> Rate:
    """Bound the share of class-correct answers, of all classes together, that miss their object's box."""
    said = case.outcomes
    near = (said.matched >= 0) | (said.misplaced >= 0)
    cluster = case.truth.cluster[said.image]
    return intervals.rates(said.misplaced >= 0, np.where(near, 0, -1), cluster, 1, case.policy.confidence)[0]


def _rates(case: Case, hits: Bools, group: Indices, image: Indices) -> tuple[Rate, ...]:
    cluster = case.truth.cluster[image]
    return intervals.rates(hits, group, cluster, len(case.labelled.classes), case.policy.confidence)


def _worst(case: Case, image: Indices, group: Indices) -> list[tuple[str, ...]]:
    return worst_by_group(case.predictions.pictures, image, group, len(case.labelled.classes))


def _images(case: Case, objects: Indices) -> Indices:
    """Count the images that hold an object of each class, shape (classes,)."""
    counted, pictures = objects >= 0, max(len(case.predictions.pictures), 1)
    cells = np.unique(objects[counted] * pictures + case.truth.image[counted])
    return np.bincount(cells // pictures, minlength=len(case.labelled.classes))
