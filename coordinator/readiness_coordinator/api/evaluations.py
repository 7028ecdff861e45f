"""Evaluations: predictions that lie on the server, judged against a scanned version and kept as evidence."""

from http import HTTPStatus
from typing import Any

import msgspec
from litestar import post
from litestar.params import JSONBody

from readiness.exits import Stop
from readiness_coordinator import formats, judging, needs
from readiness_coordinator.api import uploads
from readiness_coordinator.api.fields import Name, Overlap, ServerPath, Share, allowed_path, policy_named
from readiness_coordinator.api.models import known_model
from readiness_coordinator.api.problems import Problem
from readiness_coordinator.api.versions import VersionId, known_version
from readiness_coordinator.evaluate import report as evaluation_report
from readiness_coordinator.evaluate.from_files import How
from readiness_coordinator.judging import Kept
from readiness_coordinator.profiles import DEFAULT_POLICY
from readiness_coordinator.store import evidence


class Request(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose predictions, on which split of which version; without a confidence it is the one of the model's card.

    Without a split it is what the predictions cover. `predictions` is a server path under an allowed root.
    """

    model_id: Name
    dataset_id: Name
    version_id: Name
    predictions: ServerPath
    split: Name | None = None
    confidence: Share | None = None
    iou: Overlap = 0.5
    policy: Name = DEFAULT_POLICY


@post("/evaluations", status_code=HTTPStatus.CREATED, sync_to_thread=True)
def create(
    data: JSONBody[Request], settings: needs.Settings, store: needs.Store, checks: needs.Checks, now: needs.Now
) -> dict[str, Any]:
    """Evaluate, keep the evidence and where the predictions lie, and give the model report."""
    policy = policy_named(data.policy)
    path = allowed_path(data.predictions, settings.roots, "predictions")
    with store.read() as c:
        known = known_model(c, data.model_id, "model_id")
        named = VersionId(dataset_id=data.dataset_id, version_id=data.version_id)
        version = known_version(c, known.project, named, "version_id")
    confidence = known.model.card.confidence if data.confidence is None else data.confidence
    kept = Kept(predictions=str(path), truth=version.source, split=data.split, dataset=version.digest)

    def uses(split: str) -> int:
        with store.read() as c:
            return evidence.models_on(c, version.digest, split, known.model.digest)

    try:
        made = judging.judge(
            known.model, kept, How(confidence, data.iou, policy), at=now, roots=uploads.readable(settings), uses=uses
        )
    except judging.Changed as changed:
        raise Problem(str(changed), field="version_id", status=HTTPStatus.CONFLICT) from None
    except (Stop, formats.Unreadable) as error:
        raise Problem(str(error), field="predictions") from None
    judging.remember(settings.folder, kept, made)
    with store.write() as c:
        evidence.put(c, "evaluation", made.evaluation, now)
    reached = evaluation_report.judge(made.evaluation, known.model, policy, tuple(checks))
    return evaluation_report.report(made.evaluation, known.model, policy, reached)
