"""The twelve COCO figures and each class's, by hotcoco; -1, its word for nothing to measure, becomes None."""

from collections.abc import Sequence
from typing import NamedTuple

import hotcoco
import numpy as np
import numpy.typing as npt

from readiness_coordinator.evaluate import instance_masks
from readiness_coordinator.evaluate.ground_truth import GroundTruth
from readiness_coordinator.evaluate.predictions import Predictions

Floats = npt.NDArray[np.float64]

_AREAS = {"": 0, "_small": 1, "_medium": 2, "_large": 3}
MOST_ANSWERS = 100
_MOST = {"ar1": 0, "ar10": 1, "ar100": 2}


class CocoMetrics(NamedTuple):
    """`metrics` as the report names them, and AP, AP50, AP75 and AR100 per class row.

    `metrics["ap_absent_zero"]` is the mean AP in which classes that are answered and have no object count as 0, as
    TIDE does (Bolya et al. 2020) where COCO leaves them out. `caveats` are the lines on what the figures leave out.
    """

    metrics: dict[str, float | None]
    ap: list[float | None]
    ap50: list[float | None]
    ap75: list[float | None]
    ar100: list[float | None]
    caveats: tuple[str, ...]


def measure(truth: GroundTruth, predictions: Predictions, classes: Sequence[str]) -> CocoMetrics:
    """Evaluate as pycocotools does: IoU 0.50 to 0.95, 101 recall points, at most 100 answers a class and image.

    Masks are evaluated where truth and predictions hold them, else boxes. The area of an answer is then its mask's, but
    that of a box where the file gives one beside the mask, as pycocotools takes it.

    Images and classes are renumbered from 1: whatever ids the dataset has, none is lost as a false value.
    Images keep the order of their own ids, in which equal scores are ranked.
    """
    number = numbers(predictions)
    table = hotcoco.COCO.from_arrays(
        [{"id": i + 1} for i in range(len(predictions.pictures))],
        [{"id": row + 1, "name": name} for row, name in enumerate(classes)],
        number[truth.image],
        truth.row + 1,
        truth.boxes,
        area=truth.area,
        iscrowd=truth.crowd.astype(np.int64),
        segmentation=None if truth.outlines is None else list(truth.outlines),
    )
    answers = np.column_stack(
        [number[predictions.image], predictions.boxes, predictions.scores, predictions.row + 1]
    ).astype(np.float64)
    if predictions.outlines is None or truth.outlines is None:
        judged = hotcoco.COCOeval(table, table.load_res(answers), "bbox")
    else:
        said = table.load_res(answers, segmentation=list(predictions.outlines))
        said.update_anns(ids=np.arange(1, len(answers) + 1), area=_areas(predictions))
        judged = hotcoco.COCOeval(table, said, "segm")
    judged.evaluate()
    judged.accumulate()
    figures = judged.eval or {}
    counted = _figures(figures["precision"], figures["recall"])
    return _beside(counted, truth, predictions)


def _areas(predictions: Predictions) -> Floats:
    if predictions.boxed:
        return predictions.boxes[:, 2] * predictions.boxes[:, 3]
    return instance_masks.areas(predictions.outlines or ())


def numbers(predictions: Predictions) -> npt.NDArray[np.intp]:
    """Give each picture its place, from 1, in the order of the dataset's own ids."""
    keys = [picture.key for picture in predictions.pictures]
    order = sorted(range(len(keys)), key=lambda i: (isinstance(keys[i], str), keys[i]))
    places = np.empty(len(keys), dtype=np.intp)
    places[order] = np.arange(1, len(keys) + 1)
    return places


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
        ap75=[_mean(precision[5, :, row, 0, 2]) for row in rows],
        ar100=[_mean(recall[:, row, 0, 2]) for row in rows],
        caveats=(),
    )


def _beside(counted: CocoMetrics, truth: GroundTruth, predictions: Predictions) -> CocoMetrics:
    """Say what the figures leave out."""
    rows = len(counted.ap)
    objects = np.bincount(truth.row[~truth.crowd], minlength=rows)
    answers = np.bincount(predictions.row, minlength=rows)
    absent, silent = (objects == 0) & (answers > 0), (objects > 0) & (answers == 0)
    each = np.unique(predictions.image * rows + predictions.row, return_counts=True)[1]
    cut = int(np.maximum(each - MOST_ANSWERS, 0).sum())
    there = [ap for ap in counted.ap if ap is not None]
    lines = (
        (cut, f"AP leaves out answers beyond the first {MOST_ANSWERS} of a class and image: {cut}"),
        (silent.any(), f"classes with objects and no answer, whose AP is 0: {int(silent.sum())}"),
    )
    with_absent = sum(there) / (len(there) + int(absent.sum())) if there else None
    return counted._replace(
        metrics=counted.metrics | {"ap_absent_zero": with_absent},
        caveats=tuple(line for holds, line in lines if holds),
    )


def _mean(values: Floats) -> float | None:
    there = values[values > -1]
    return float(there.mean()) if there.size else None
