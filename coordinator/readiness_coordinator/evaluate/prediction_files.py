"""Prediction files: COCO results JSON, text of YOLO or of corners, masks, CSV of a classifier; read strictly."""

from pathlib import Path

import numpy as np

from readiness.exits import Stop
from readiness_coordinator.evaluate import results_coco, results_csv, results_masks, results_text
from readiness_coordinator.evaluate.columns import Columns
from readiness_coordinator.formats import Labelled, layout
from readiness_coordinator.formats.layout import regular_bytes

_MOST_SCORE = 1 + 1e-6  # a sum of float32 shares may round above 1


def read(path: Path, labelled: Labelled) -> Columns:
    """Read predictions in the form that the path and the truth's task tell. Raises Stop, one line."""
    if labelled.masks is not None:
        if not path.is_dir():
            raise Stop(f"{path}: the truth is masks; give a folder with one PNG of class values per image")
        return results_masks.read(path, labelled)
    if path.is_dir():
        return _checked(path, results_text.read(path, labelled))
    try:
        data = regular_bytes(path)
    except OSError as error:
        raise Stop(f"cannot read {path}: {error.strerror}") from None
    if path.suffix.lower() == ".csv":
        if labelled.task != "classification":
            raise Stop(f"{path}: a CSV holds a classifier's answers, the truth is of {labelled.task}")
        return _checked(path, results_csv.read(path, data, labelled))
    if labelled.task == "classification":
        raise Stop(f"{path}: the truth is of classification; give a CSV with image, prediction and score columns")
    return _checked(path, results_coco.read(path, data, labelled))


def _checked(path: Path, columns: Columns) -> Columns:
    """Refuse numbers that no evaluation can stand on."""
    for wrong, what in (
        (~(np.abs(columns.boxes) <= layout.FARTHEST).all(axis=1), "its box is not finite, or out of any image"),
        ((columns.boxes[:, 2:] < 0).any(axis=1), "its box has a negative side"),
        (~((columns.scores >= 0) & (columns.scores <= _MOST_SCORE)), "its score is not between 0 and 1"),
    ):
        if wrong.any():
            at = int(np.argmax(wrong))
            raise Stop(f"{path}: prediction {at + 1} (image {columns.images[at]}): {what}")
    return columns
