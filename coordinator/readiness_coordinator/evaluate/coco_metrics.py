"""The twelve COCO figures and each class's AP, by hotcoco; -1, its word for nothing to measure, becomes None."""

from collections.abc import Sequence
from typing import NamedTuple

import hotcoco
import numpy as np
import numpy.typing as npt

from readiness_coordinator.evaluate.ground_truth import GroundTruth
from readiness_coordinator.evaluate.predictions import Predictions

Floats = npt.NDArray[np.float64]

_AREAS = {"": 0, "_small": 1, "_medium": 2, "_large": 3}
_MOST = {"ar1": 0, "ar10": 1, "ar100": 2}


class CocoMetrics(NamedTuple):
    """`metrics` as the report names them, and `ap`, `ap50` per class row."""

    metrics: dict[str, float | None]
    ap: list[float | None]
    ap50: list[float | None]


def measure(truth: GroundTruth, predictions: Predictions, classes: Sequence[str]) -> CocoMetrics:
    """Evaluate boxes as pycocotools does: IoU 0.50 to 0.95, 101 recall points, at most 100 answers a class and image.

    Images and classes are renumbered from 1: whatever ids the dataset has, none is lost as a false value.
    Images keep the order of their own ids, in which equal scores are ranked.
    """
    number = _numbers(predictions)
    table = hotcoco.COCO.from_arrays(
        [{"id": i + 1} for i in range(len(predictions.pictures))],
        [{"id": row + 1, "name": name} for row, name in enumerate(classes)],
        number[truth.image],
        truth.row + 1,
        truth.boxes,
        area=truth.area,
        iscrowd=truth.crowd.astype(np.int64),
    )
    answers = np.column_stack(
        [number[predictions.image], predictions.boxes, predictions.scores, predictions.row + 1]
    ).astype(np.float64)
    judged = hotcoco.COCOeval(table, table.load_res(answers), "bbox")
    judged.evaluate()
    judged.accumulate()
    figures = judged.eval or {}
    return _figures(figures["precision"], figures["recall"])


def _numbers(predictions: Predictions) -> npt.NDArray[np.intp]:
    """Give each picture its place, from 1, in the order of the dataset's own ids."""
    keys = [picture.key for picture in predictions.pictures]
    order = sorted(range(len(keys)), key=lambda i: (isinstance(keys[i], str), keys[i]))
    numbers = np.empty(len(keys), dtype=np.intp)
    numbers[order] = np.arange(1, len(keys) + 1)
    return numbers


def _figures(precision: Floats, recall: Floats) -> CocoMetrics:
    """Average precision (iou, recall point, class, area, most) and recall (iou, class, area, most) over what exists."""
    metrics = {f"ap{area}": _mean(precision[:, :, :, at, 2]) for area, at in _AREAS.items()}
    metrics |= {"ap50": _mean(precision[0, :, :, 0, 2]), "ap75": _mean(precision[5, :, :, 0, 2])}
    metrics |= {name: _mean(recall[:, :, 0, most]) for name, most in _MOST.items()}
    metrics |= {f"ar{area}": _mean(recall[:, :, at, 2]) for area, at in _AREAS.items() if area}
    rows = range(precision.shape[2])
    return CocoMetrics(
        metrics=metrics,
        ap=[_mean(precision[:, :, row, 0, 2]) for row in rows],
        ap50=[_mean(precision[0, :, row, 0, 2]) for row in rows],
    )


def _mean(values: Floats) -> float | None:
    there = values[values > -1]
    return float(there.mean()) if there.size else None
