"""How good is this model? Its newest evaluation with the weak classes first, at any threshold that can be had."""

from http import HTTPStatus
from typing import Any

import sqlalchemy as sa
from litestar import get
from litestar.params import FromQuery

from readiness.evidence.evaluation import Evaluation
from readiness_coordinator import judging, needs
from readiness_coordinator.api import uploads
from readiness_coordinator.api.fields import overlap, policy_named, share
from readiness_coordinator.api.models import known_model
from readiness_coordinator.api.problems import Problem
from readiness_coordinator.evaluate import report as evaluation_report
from readiness_coordinator.profiles import DEFAULT_POLICY
from readiness_coordinator.store import evidence, lineage
from readiness_coordinator.store.database import Store
from readiness_coordinator.store.lineage import KnownModel


@get("/vision-readiness/model", sync_to_thread=True)
def read(
    settings: needs.Settings,
    store: needs.Store,
    checks: needs.Checks,
    train_id: FromQuery[str],
    eval_set: FromQuery[str | None] = None,
    confidence: FromQuery[float | None] = None,
    iou: FromQuery[float | None] = None,
    policy: FromQuery[str] = DEFAULT_POLICY,
) -> dict[str, Any]:
    """Give the model report of a train id, model id or digest.

    `eval_set` is a dataset digest, or `dataset_id/version_id` within the model's project. A confidence or IoU that
    was not evaluated is evaluated from the kept predictions, for this answer alone: no decision stands on it.
    """
    demands = policy_named(policy)
    confidence, iou = share(confidence, "confidence"), overlap(iou, "iou")
    known, newest = newest_of(store, train_id, eval_set)
    made = judging.at_threshold(
        store,
        settings.folder,
        known.model,
        newest,
        confidence=confidence,
        iou=iou,
        policy=demands,
        roots=uploads.readable(settings),
    )
    if made is None:
        field = "iou" if confidence in {None, newest.confidence} else "confidence"
        raise Problem(
            f"evaluated is confidence {newest.confidence:g} at IoU {newest.iou:g}, and the predictions behind it are "
            "not kept here unchanged; POST /evaluations evaluates them",
            field=field,
            status=HTTPStatus.CONFLICT,
        )
    reached = evaluation_report.judge(made, known.model, demands, tuple(checks))
    return evaluation_report.report(made, known.model, demands, reached)


def newest_of(store: Store, train_id: str, eval_set: str | None) -> tuple[KnownModel, Evaluation]:
    """Find the model and its newest evaluation, on one dataset where that is named."""
    with store.read() as c:
        known = known_model(c, train_id, "train_id")
        dataset = _dataset(c, known, eval_set) if eval_set else None
        newest = evidence.latest_evaluation(c, known.model.digest, dataset)
    if newest is None:
        raise Problem(
            "this model has no evaluation there yet; POST /evaluations makes one",
            field="eval_set" if eval_set else "train_id",
            status=HTTPStatus.NOT_FOUND,
        )
    return known, newest


def _dataset(c: sa.Connection, known: KnownModel, eval_set: str) -> str:
    if eval_set.startswith("sha256:"):
        return eval_set
    dataset, _, version = eval_set.rpartition("/")
    if (row := lineage.get_version(c, known.project, dataset, version)) is None:
        raise Problem(
            f"there is no version '{eval_set[:200]}' in project '{known.project}'; write dataset_id/version_id or a "
            "dataset digest",
            field="eval_set",
            status=HTTPStatus.NOT_FOUND,
        )
    return row.digest
