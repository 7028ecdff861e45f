"""From one case to the evaluation record: averages, rates with bounds at the threshold, and why, where, how sure."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import msgspec

from readiness.evidence.evaluation import ClassResult, Evaluation
from readiness.policy import Policy
from readiness_coordinator.evaluate import (
    ap_bounds,
    class_results,
    classification,
    coco_metrics,
    explanation,
    ground_truth,
    guarding,
    judged_shape,
    outcomes,
    overfitting,
    same_files,
    slice_results,
    slice_scan,
    thresholds,
)
from readiness_coordinator.evaluate.about import About
from readiness_coordinator.evaluate.ap_bounds import ApBounds
from readiness_coordinator.evaluate.case import Case, Tags
from readiness_coordinator.evaluate.judged_shape import Shape
from readiness_coordinator.evaluate.predictions import Predictions
from readiness_coordinator.evaluate.simulator import Prepared
from readiness_coordinator.formats import Labelled
from readiness_coordinator.formats.layout import ALL
from readiness_coordinator.reports import tool_version


def case_of(
    labelled: Labelled,
    predictions: Predictions,
    *,
    confidence: float,
    iou: float,
    policy: Policy,
    tags: Tags,
    shape: Shape | None = None,
) -> Case:
    """Match the answers of a detector or classifier with their truth once, for every part of an evaluation.

    `shape` says whether boxes or masks of objects are judged, by default what both sides have. Raises Stop where one
    of them lacks the masks.
    """
    task = labelled.task
    same = same_files.find(predictions.pictures)
    whole = ground_truth.of(predictions.pictures, labelled)
    whole = whole._replace(cluster=same_files.joined(whole.cluster, same))
    truth, said, settled = judged_shape.settle(task, whole, predictions, shape)
    pairs = outcomes.close(task, truth, said, iou)
    matched = outcomes.matches(task, truth, said, iou, pairs)
    judged = outcomes.judge(task, truth, said, matched, confidence, iou, pairs)
    return Case(labelled, truth, said, settled, pairs, matched, judged, tags, same, confidence, iou, policy)


def evaluate(case: Case, about: About, prepared: Prepared, there: Case | None = None) -> Evaluation:
    """Evaluate a detector or classifier: what `figures` gives, and why it fails, where, and at which threshold.

    `prepared` is what any threshold of the case is answered from; `there` is another split, beside which one that was
    fitted to stands out.
    """
    kept = case.policy.evaluation.splits
    with ThreadPoolExecutor(1) as beside:
        # Half of the work are these intervals; long array operations let the other parts go on.
        bounded = beside.submit(_bounds, case)
        made = msgspec.structs.replace(
            figures(case, about),
            **guarding.measure(case)._asdict(),
            explanation=explanation.explain(case),
            thresholds=thresholds.recommended(prepared, case.policy.evaluation.aim),
            slice_scan=slice_scan.scan(case),
            overfit=overfitting.overfit(
                case,
                there,
                overfitting.leaked(case.labelled, case.predictions.pictures, kept, bytes_too=True),
                about.uses,
            ),
        )
        metrics, per_class = bounded.result()
    classes = [msgspec.structs.replace(one, ap_bounds=ap) for one, ap in zip(made.classes, per_class, strict=True)]
    return msgspec.structs.replace(made, metric_bounds=metrics, classes=tuple(classes))


def _bounds(case: Case) -> ApBounds:
    """Give the averages' intervals, where those hold."""
    count = len(case.labelled.classes)
    if case.labelled.task == "classification":
        return ApBounds({}, [None] * count)
    return ap_bounds.measure(case.truth, case.predictions, count, case.pairs)


def figures(case: Case, about: About) -> Evaluation:
    """Give averages, and per class and slice the rates at the threshold with their bounds.

    They hold at the policy's confidence, over images, or over recordings where the pictures say which they are of.
    """
    labelled, truth, said, judged = case.labelled, case.truth, case.predictions, case.outcomes
    objects = ~truth.crowd
    metrics, classes, more = _averaged(case, class_results.measure(case, about.card_names))
    return Evaluation(
        model=about.model,
        dataset=about.dataset,
        predictions=about.predictions,
        task=labelled.task,
        split=said.split,
        confidence=case.confidence,
        iou=case.iou,
        observed_at=about.observed_at,
        images=len(said.pictures),
        images_predicted=int(said.run.sum()),
        objects=int(objects.sum()),
        metrics=metrics | _at_threshold(case),
        classes=tuple(classes),
        slices=slice_results.measure(labelled, truth, said.pictures, judged.hit, case.tags, case.policy.confidence),
        confusion=outcomes.confusion(judged, truth, labelled.classes, said.pictures),
        foreign_images=said.foreign_images,
        images_listed=said.listed,
        lowest_score=said.lowest_score,
        misplaced=class_results.misplaced(case),
        errors=judged.errors(objects),
        caveats=(*_caveats(case, classes), *said.notes, *more),
        judged="label" if labelled.task == "classification" else case.shape,
        tool_version=tool_version(),
    )


def _averaged(
    case: Case, results: list[ClassResult]
) -> tuple[dict[str, float | None], list[ClassResult], tuple[str, ...]]:
    """Give the averages, the results with each class's own beside, and what the averages do not show."""
    truth, said, names = case.truth, case.predictions, case.labelled.classes
    if case.labelled.task == "classification":
        found = classification.measure(truth, said, len(names))
        scored = zip(results, found.f1, found.auc, strict=True)
        return found.metrics, [msgspec.structs.replace(one, f1=f1, auc=auc) for one, f1, auc in scored], found.caveats
    coco = coco_metrics.measure(truth, said, names)
    rows = zip(coco.ap, coco.ap50, coco.ap75, coco.ar100, strict=True)
    averages = [dict(zip(("ap", "ap50", "ap75", "ar100"), row, strict=True)) for row in rows]
    classes = [msgspec.structs.replace(one, **more) for one, more in zip(results, averages, strict=True)]
    return coco.metrics, classes, coco.caveats


def _at_threshold(case: Case) -> dict[str, float | None]:
    hits, said, objects = int(case.outcomes.hit.sum()), case.outcomes.row.size, int((~case.truth.crowd).sum())
    return {
        "precision": hits / said if said else None,
        "recall": hits / objects if objects else None,
        "f1": 2 * hits / (said + objects) if said + objects else None,
    }


def _caveats(case: Case, classes: Sequence[ClassResult]) -> tuple[str, ...]:
    """Say what COCO's figures leave out."""
    truth, said = case.truth, case.predictions
    absent = [one for one in classes if not one.objects and one.detections]
    false = sum(one.detections for one in absent)
    silent = len(said.pictures) - int(said.run.sum())
    unseen = len(said.pictures) - case.same.compared
    unsplit = said.split != ALL and {picture.split for picture in said.pictures} == {ALL}
    lines = (
        (unsplit, f"the dataset has no splits; that this is '{said.split}' is the caller's word"),
        (false, f"false answers of {len(absent)} classes that have no object here, which AP leaves out: {false}"),
        (truth.crowd.size and truth.crowd.all(), "every object is a crowd region: there is nothing to measure"),
        (said.foreign_answers, f"answers of a class that the dataset lacks, not judged: {said.foreign_answers}"),
        (said.foreign_images, f"predicted images that are not in the dataset: {said.foreign_images}"),
        (silent, f"images without a prediction, their objects count as missed: {silent}"),
        (said.unlabelled_images, f"images without a label, left out: {said.unlabelled_images}"),
        (unseen, f"images that are not at hand, of which no light, sharpness or copy was seen: {unseen}"),
        (truth.unboxed, f"objects without a usable {case.shape}, left out: {truth.unboxed}"),
    )
    return tuple(line for holds, line in lines if holds)
