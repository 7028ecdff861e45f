"""A predictions file and a dataset to the evaluation record, bound to the run that made the predictions."""

from pathlib import Path

import msgspec

from readiness.evidence.evaluation import Evaluation
from readiness.policy import Policy
from readiness_coordinator.evaluate import prediction_files, predictions, run_record, slice_results
from readiness_coordinator.evaluate.evaluation import evaluate
from readiness_coordinator.evaluate.run_record import RunRecord
from readiness_coordinator.formats import Labelled


def evaluate_files(  # noqa: PLR0913 - each names a part of what the evidence is about
    path: Path,
    record: RunRecord,
    labelled: Labelled,
    *,
    model_digest: str,
    dataset_digest: str,
    split: str | None,
    confidence: float,
    iou: float,
    policy: Policy,
    now: str,
) -> Evaluation:
    """Evaluate the predictions at `path`, whose run record is `record`. Raises Stop where files do not fit."""
    columns = prediction_files.read(path, labelled)
    bound = run_record.bind(path, record, columns.digest, labelled, dataset_digest, now)
    placed = predictions.place(columns, labelled, split, record.images)
    made = evaluate(
        labelled,
        placed,
        model_digest=model_digest,
        dataset_digest=dataset_digest,
        predictions_digest=columns.digest,
        split=placed.split,
        confidence=confidence,
        iou=iou,
        observed_at=bound.observed_at,
        policy=policy,
        tags=slice_results.tags(placed.pictures),
        card_names=record.card_names,
    )
    caveats = (*made.caveats, *bound.caveats)
    return msgspec.structs.replace(made, card=bound.card, run_recorded=bound.recorded, caveats=caveats)
