"""From truth and predictions to the evaluation record: COCO's figures, and rates with bounds at the threshold."""

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from readiness.evidence.bounded import Rate
from readiness.evidence.evaluation import ClassResult, Evaluation
from readiness.policy import Policy
from readiness_coordinator.evaluate import coco_metrics, ground_truth, outcomes, slice_results
from readiness_coordinator.evaluate.ground_truth import GroundTruth
from readiness_coordinator.evaluate.outcomes import Outcomes
from readiness_coordinator.evaluate.predictions import Predictions
from readiness_coordinator.evaluate.tallies import rate, worst_first
from readiness_coordinator.formats import Labelled, Picture
from readiness_coordinator.formats.layout import ALL
from readiness_coordinator.reports import tool_version


def evaluate(  # noqa: PLR0913 - each names a part of what the evidence is about
    labelled: Labelled,
    predictions: Predictions,
    *,
    model_digest: str,
    dataset_digest: str,
    predictions_digest: str,
    split: str,
    confidence: float,
    iou: float,
    observed_at: str,
    policy: Policy,
    tags: Mapping[str, Mapping[str, str]] | None = None,
    card_names: Mapping[str, str] | None = None,
) -> Evaluation:
    """Evaluate one split at one threshold.

    `tags` gives each picture's slices by its name (`slice_results.tags`), `card_names` what the model card calls a
    class of the dataset where it is another word. Rates are bounded at the policy's confidence, over images, or over
    recordings where the pictures say which they are of.
    """
    truth = ground_truth.of(predictions.pictures, labelled)
    matched = outcomes.matches(labelled.task, truth, predictions, iou)
    judged = outcomes.judge(labelled.task, truth, predictions, matched, confidence, iou)
    objects = ~truth.crowd
    metrics, classes = _classes(labelled, truth, predictions, judged, policy.confidence)
    classes = [msgspec.structs.replace(one, card_name=(card_names or {}).get(one.name, "")) for one in classes]
    return Evaluation(
        model=model_digest,
        dataset=dataset_digest,
        predictions=predictions_digest,
        task=labelled.task,
        split=split,
        confidence=confidence,
        iou=iou,
        observed_at=observed_at,
        images=len(predictions.pictures),
        images_predicted=int(predictions.run.sum()),
        objects=int(objects.sum()),
        metrics=metrics | _at_threshold(truth, judged),
        classes=tuple(classes),
        slices=slice_results.measure(labelled, truth, predictions.pictures, judged.hit, tags or {}, policy.confidence),
        confusion=outcomes.confusion(judged, truth, labelled.classes),
        foreign_images=predictions.foreign_images,
        images_listed=predictions.listed,
        lowest_score=predictions.lowest_score,
        misplaced=_misplaced(truth, judged, policy.confidence),
        errors=judged.errors(objects),
        caveats=_caveats(truth, predictions, classes),
        tool_version=tool_version(),
    )


def _classes(
    labelled: Labelled, truth: GroundTruth, predictions: Predictions, judged: Outcomes, confidence: float
) -> tuple[dict[str, float | None], list[ClassResult]]:
    rows = range(len(labelled.classes))
    ap: list[float | None] = [None for _ in rows]
    ap50, metrics = ap, _top_1(truth, predictions)
    if labelled.task != "classification":
        metrics, ap, ap50 = coco_metrics.measure(truth, predictions, labelled.classes)
    results = [
        msgspec.structs.replace(
            _class(labelled.classes[row], row, truth, predictions.pictures, judged, confidence),
            ap=ap[row],
            ap50=ap50[row],
        )
        for row in rows
    ]
    return metrics, results


def _class(
    name: str, row: int, truth: GroundTruth, pictures: Sequence[Picture], judged: Outcomes, confidence: float
) -> ClassResult:
    mine, said = np.flatnonzero((truth.row == row) & ~truth.crowd), np.flatnonzero(judged.row == row)
    hit, right, cluster = judged.hit[mine], judged.matched[said] >= 0, truth.cluster
    near = said[right | (judged.misplaced[said] >= 0)]
    return ClassResult(
        name=name,
        objects=mine.size,
        images=np.unique(truth.image[mine]).size,
        detections=said.size,
        recall=rate(hit, cluster[truth.image[mine]], confidence),
        precision=rate(right, cluster[judged.image[said]], confidence),
        misplaced=rate(judged.misplaced[near] >= 0, cluster[judged.image[near]], confidence),
        missed_images=worst_first(pictures, truth.image[mine[~hit]]),
        false_images=worst_first(pictures, judged.image[said[~right]]),
    )


def _misplaced(truth: GroundTruth, judged: Outcomes, confidence: float) -> Rate:
    near = (judged.matched >= 0) | (judged.misplaced >= 0)
    return rate(judged.misplaced[near] >= 0, truth.cluster[judged.image[near]], confidence)


def _top_1(truth: GroundTruth, predictions: Predictions) -> dict[str, float | None]:
    """Give the accuracy of the first answers, at whatever score, over all images and as the mean over classes."""
    answer = np.full(len(predictions.pictures), -1, dtype=np.intp)
    answer[predictions.image] = predictions.row
    right = answer[truth.image] == truth.row
    per_class = [right[truth.row == row].mean() for row in np.unique(truth.row)]
    return {
        "accuracy": float(right.mean()) if right.size else None,
        "balanced_accuracy": float(np.mean(per_class)) if per_class else None,
    }


def _at_threshold(truth: GroundTruth, judged: Outcomes) -> dict[str, float | None]:
    hits, said, objects = int(judged.hit.sum()), judged.row.size, int((~truth.crowd).sum())
    return {
        "precision": hits / said if said else None,
        "recall": hits / objects if objects else None,
        "f1": 2 * hits / (said + objects) if said + objects else None,
    }


def _caveats(truth: GroundTruth, predictions: Predictions, classes: Sequence[ClassResult]) -> tuple[str, ...]:
    """Say what COCO's figures leave out."""
    absent = [one for one in classes if not one.objects and one.detections]
    false = sum(one.detections for one in absent)
    silent = len(predictions.pictures) - int(predictions.run.sum())
    unsplit = predictions.split != ALL and {picture.split for picture in predictions.pictures} == {ALL}
    lines = (
        (unsplit, f"the dataset has no splits; that this is '{predictions.split}' is the caller's word"),
        (false, f"false answers of {len(absent)} classes that have no object here, which AP leaves out: {false}"),
        (truth.crowd.size and truth.crowd.all(), "every object is a crowd region: there is nothing to measure"),
        (
            predictions.foreign_answers,
            f"answers of a class that the dataset lacks, not judged: {predictions.foreign_answers}",
        ),
        (predictions.foreign_images, f"predicted images that are not in the dataset: {predictions.foreign_images}"),
        (silent, f"images without a prediction, their objects count as missed: {silent}"),
        (predictions.unlabelled_images, f"images without a label, left out: {predictions.unlabelled_images}"),
        (truth.unboxed, f"objects without a usable box, left out: {truth.unboxed}"),
    )
    return tuple(line for holds, line in lines if holds)
