"""A predictions file and a dataset to the evaluation record, bound to the run that made the predictions."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import msgspec

from readiness.evidence.evaluation import Evaluation
from readiness.exits import Stop
from readiness.policy import Policy
from readiness_coordinator.evaluate import (
    evaluation,
    guarding,
    prediction_files,
    predictions,
    run_record,
    same_files,
    semantic,
    simulator,
    slice_results,
)
from readiness_coordinator.evaluate.about import About
from readiness_coordinator.evaluate.case import Case, Tags
from readiness_coordinator.evaluate.columns import Columns
from readiness_coordinator.evaluate.judged_shape import Shape
from readiness_coordinator.evaluate.predictions import Predictions
from readiness_coordinator.evaluate.run_record import RunRecord
from readiness_coordinator.evaluate.simulator import Prepared
from readiness_coordinator.formats import Labelled

Uses = Callable[[str], int]


class How(NamedTuple):
    """At which threshold and overlap, of which split (None: what the predictions cover), under which policy.

    `shape` says whether boxes or masks of objects are judged; None takes what both sides have.
    """

    confidence: float
    iou: float
    policy: Policy
    split: str | None = None
    shape: Shape | None = None


class Evaluated(NamedTuple):
    """The record, the case it is of, and what any threshold is answered from; a segmenter's masks have neither."""

    evaluation: Evaluation
    case: Case | None = None
    prepared: Prepared | None = None


def evaluate_files(
    path: Path,
    record: RunRecord,
    labelled: Labelled,
    how: How,
    *,
    model_digest: str,
    dataset_digest: str,
    now: str,
    uses: Uses | None = None,
    against: str | None = None,
) -> Evaluated:
    """Evaluate the predictions at `path`, whose run record is `record`. Raises Stop where files do not fit.

    `against` is another split that they cover, beside which a split that was fitted to stands out; `uses` counts, of
    the split by its name, the models that were evaluated on it so far.
    """
    labelled = of_objects(labelled)
    columns = prediction_files.read(path, labelled)
    bound = run_record.bind(path, record, columns.digest, labelled, dataset_digest, now)
    placed = predictions.place(columns, labelled, how.split, record.images)
    about = About(
        model_digest, dataset_digest, columns.digest, bound.observed_at, record.card_names, uses and uses(placed.split)
    )
    tags = slice_results.tags(placed.pictures)
    if labelled.task == "segmentation":
        made = Evaluated(_masks(labelled, placed, how, about, tags))
    else:
        there = _beside(columns, labelled, how, record, against) if against else None
        case = case_of(labelled, placed, how, tags)
        prepared = simulator.prepare(case, predictions=about.predictions, dataset=about.dataset)
        made = Evaluated(evaluation.evaluate(case, about, prepared, there), case, prepared)
    caveats = (*made.evaluation.caveats, *bound.caveats)
    changes = {"card": bound.card, "run_recorded": bound.recorded, "caveats": caveats}
    return made._replace(evaluation=msgspec.structs.replace(made.evaluation, **changes))


def of_objects(labelled: Labelled) -> Labelled:
    """Take outlined objects for a detector's truth, of which masks are judged; masks of classes stay what they are."""
    if labelled.task == "segmentation" and labelled.masks is None:
        return msgspec.structs.replace(labelled, task="detection")
    return labelled


def _beside(columns: Columns, labelled: Labelled, how: How, record: RunRecord, against: str) -> Case:
    """Give the case of another split. Raises Stop where it shares images with the first, or nothing covers it."""
    if how.split is None:
        raise Stop("--against compares two splits; say with --split which one is evaluated")
    if set(against.split("+")) & set(how.split.split("+")):
        raise Stop(f"--against {against}: the split is evaluated itself; name another one")
    placed = predictions.place(columns, labelled, against, record.images)
    if not placed.run.any():
        raise Stop(f"--against {against}: the predictions cover no image of it; predict it too")
    return case_of(labelled, placed, how, {})


def case_of(labelled: Labelled, placed: Predictions, how: How, tags: Tags) -> Case:
    return evaluation.case_of(
        labelled, placed, confidence=how.confidence, iou=how.iou, policy=how.policy, tags=tags, shape=how.shape
    )


def case_of_file(path: Path, record: RunRecord, labelled: Labelled, how: How, tags: Tags) -> Case:
    """Read another model's answers over the same truth, for a comparison. Raises Stop where files do not fit."""
    labelled = of_objects(labelled)
    columns = prediction_files.read(path, labelled)
    return case_of(labelled, predictions.place(columns, labelled, how.split, record.images), how, tags)


def _masks(labelled: Labelled, placed: Predictions, how: How, about: About, tags: Tags) -> Evaluation:
    same = same_files.find(placed.pictures)
    made = semantic.evaluate_masks(
        labelled, placed, about, confidence=how.confidence, iou=how.iou, policy=how.policy, tags=tags, same=same
    )
    conflicts, compared = guarding.contradictions(placed.pictures, labelled, same)
    return msgspec.structs.replace(made, conflicts=conflicts, images_compared=compared)
