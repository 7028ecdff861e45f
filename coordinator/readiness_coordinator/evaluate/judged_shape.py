"""Whether boxes or masks of objects are judged, and truth and answers laid out for it."""

from typing import Literal, NamedTuple

import numpy as np

from readiness.evidence.model import Task
from readiness.exits import Stop
from readiness_coordinator.evaluate import ground_truth, instance_masks
from readiness_coordinator.evaluate.ground_truth import GroundTruth
from readiness_coordinator.evaluate.predictions import Predictions

Shape = Literal["box", "mask"]


class Shaped(NamedTuple):
    """Truth and predictions with `outlines` where masks are judged, without where boxes are."""

    truth: GroundTruth
    predictions: Predictions
    shape: Shape


def settle(task: Task, truth: GroundTruth, predictions: Predictions, shape: Shape | None = None) -> Shaped:
    """Judge masks where the answers are masks and most objects have one, else boxes; or what `shape` asks for.

    Objects without a mask cannot be judged then, and are counted with the `unboxed`. Raises Stop where masks are
    asked for and one side has none.
    """
    boxes = Shaped(truth._replace(outlines=None), predictions._replace(outlines=None), "box")
    if task == "classification" or shape == "box" or (shape is None and predictions.outlines is None):
        return boxes
    if predictions.outlines is None:
        raise Stop("masks cannot be judged: the predictions have no segmentation; judge boxes, or export masks")
    pictures = predictions.pictures
    drawn = [instance_masks.of_truth(one, pictures[image]) for image, one in ground_truth.placed(pictures)]
    masked = np.array([one is not None for one in drawn], dtype=bool)
    if shape == "mask" and truth.row.size and not masked.any():
        raise Stop("masks cannot be judged: the truth has no mask, polygon or run lengths; judge boxes, or label masks")
    if shape is None and 2 * int(masked.sum()) <= masked.size:
        return boxes
    told = truth._replace(
        image=truth.image[masked],
        row=truth.row[masked],
        boxes=truth.boxes[masked],
        area=truth.area[masked],
        crowd=truth.crowd[masked],
        unboxed=truth.unboxed + int((~masked).sum()),
        outlines=tuple(one for one in drawn if one is not None),
    )
    return Shaped(told, predictions, "mask")
