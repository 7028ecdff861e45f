"""The 95 % intervals of AP, per class and of the means, by resampling recordings, sources or pictures."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from readiness.measures import average_precision, matching
from readiness.measures.average_precision import LEAST_CLUSTERS, LEAST_OBJECTS, Judged
from readiness.measures.matching import Pairs
from readiness_coordinator.evaluate import coco_metrics, outcomes
from readiness_coordinator.evaluate.ground_truth import GroundTruth
from readiness_coordinator.evaluate.predictions import Predictions

Bools = npt.NDArray[np.bool_]
Interval = tuple[float, float]

OVERLAPS = np.linspace(0.5, 0.95, 10)
_LEAST_EACH = 10  # objects a class, on average, from which the interval of a mean over classes was seen to hold


class ApBounds(NamedTuple):
    """`metrics`: intervals by the name of the metric; `ap` per class row, None where there is too little for one."""

    metrics: dict[str, Interval]
    ap: list[Interval | None]


def measure(truth: GroundTruth, predictions: Predictions, classes: int, pairs: Pairs) -> ApBounds:
    """Bound AP, AP50 and AP75 over all classes, and AP of each; `pairs` are what `outcomes.close` gave.

    Stated only with as many objects and clusters of them as the intervals were seen to hold with.
    """
    judged = _judged(truth, predictions, classes, pairs)
    weights = average_precision.resamples(judged.clusters)
    plain = np.ones((judged.clusters, 1), dtype=np.float32)
    drawn = average_precision.resampled(judged, np.hstack([plain, weights]))
    objects = np.bincount(judged.truth_row, minlength=classes)
    cells = np.unique(judged.truth_row * judged.clusters + judged.truth_cluster)
    held = np.bincount(cells // max(judged.clusters, 1), minlength=classes)
    each = drawn.mean(axis=0)
    enough = (objects >= LEAST_OBJECTS) & (held >= LEAST_CLUSTERS)
    ap = [_interval(each[row], int(held[row])) if enough[row] else None for row in range(classes)]
    known = objects > 0
    spread = int(np.unique(judged.truth_cluster).size)
    if objects.sum() < max(LEAST_OBJECTS, _LEAST_EACH * int(known.sum())) or spread < LEAST_CLUSTERS:
        return ApBounds({}, ap)
    means = {"ap": each, "ap50": drawn[0], "ap75": drawn[5]}
    return ApBounds({name: _interval(np.nanmean(of[known], axis=0), spread) for name, of in means.items()}, ap)


def unweighted(truth: GroundTruth, predictions: Predictions, classes: int, pairs: Pairs) -> npt.NDArray[np.float64]:
    """Give AP (classes,) as it is resampled, with every cluster once; NaN without an object."""
    judged = _judged(truth, predictions, classes, pairs)
    plain = np.ones((judged.clusters, 1), dtype=np.float32)
    each: npt.NDArray[np.float64] = average_precision.resampled(judged, plain)[:, :, 0].mean(axis=0)
    return each


def _interval(values: npt.NDArray[np.float64], clusters: int) -> Interval:
    return average_precision.interval(float(values[0]), values[1:], clusters)


def _judged(truth: GroundTruth, predictions: Predictions, classes: int, pairs: Pairs) -> Judged:
    """Match at all of COCO's overlaps, and keep the answers that COCO counts, best first."""
    same = outcomes.of_class(pairs, truth, predictions)
    matched = matching.assign_each(same, predictions.scores, truth.crowd, OVERLAPS)
    image = coco_metrics.numbers(predictions)[predictions.image]
    order = np.lexsort((image, -predictions.scores))
    order = order[_first(predictions.image[order] * classes + predictions.row[order], coco_metrics.MOST_ANSWERS)]
    real = ~truth.crowd
    return Judged(
        row=predictions.row[order],
        cluster=truth.cluster[predictions.image[order]],
        right=(matched.objects >= 0)[:, order],
        ignored=matched.ignored[:, order],
        truth_row=truth.row[real],
        truth_cluster=truth.cluster[truth.image[real]],
        classes=classes,
        clusters=int(truth.cluster.max(initial=-1)) + 1,
    )


def _first(groups: npt.NDArray[np.intp], most: int) -> Bools:
    """Mark the first `most` of each group in `groups` (n,)."""
    order = np.argsort(groups, kind="stable")
    ranked = groups[order]
    keep = np.ones(groups.size, dtype=bool)
    keep[order[most:]] = ranked[most:] != ranked[:-most]
    return keep
