"""May this model go to this target? Asked here, answered with a logged decision."""

import msgspec
from litestar import post
from litestar.params import JSONBody

from readiness.policy import Policy
from readiness.profile import Profile
from readiness_coordinator import guard, judging, needs
from readiness_coordinator.api import decisions, uploads
from readiness_coordinator.api.fields import Name, Positive, Share, policy_named, profile_named
from readiness_coordinator.api.models import known_model
from readiness_coordinator.api.problems import Problem
from readiness_coordinator.profiles import DEFAULT_POLICY
from readiness_coordinator.store import evidence


class Question(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which model for which target; a latency budget may be tighter than the target's own, never looser.

    Without a threshold it is the one of the model's card. An endpoint is where the model already runs.
    """

    model_id: Name
    target: Name
    latency_budget_ms: Positive | None = None
    threshold: Share | None = None
    endpoint_id: Name | None = None
    policy: Name = DEFAULT_POLICY


@post("/vision-readiness/deploy", status_code=200, sync_to_thread=True)
def deploy(
    data: JSONBody[Question], store: needs.Store, checks: needs.Checks, settings: needs.Settings, now: needs.Now
) -> decisions.Answer:
    """Gather the evidence, decide, log, answer.

    An unevaluated threshold is evaluated from stored predictions first, at the IoU of their own evaluation, and only
    where the policy would accept that IoU.
    """
    profile, policy = _demands(data)
    with store.read() as c:
        known = known_model(c, data.model_id, "model_id")
        newest = evidence.latest_evaluation(c, known.model.digest)
    threshold = known.model.card.confidence if data.threshold is None else data.threshold
    if newest is not None and newest.iou >= policy.evaluation.iou:
        made = judging.at_threshold(
            store,
            settings.folder,
            known.model,
            newest,
            confidence=threshold,
            iou=None,
            policy=policy,
            roots=uploads.readable(settings),
        )
        if made is not None:
            with store.write() as c:
                evidence.put(c, "evaluation", made, now)
    answer = guard.decide_and_log(
        store,
        checks,
        known,
        profile=profile,
        policy=policy,
        threshold=threshold,
        asked_at=now,
        endpoint=data.endpoint_id or "",
    )
    return decisions.shown(answer, guard.Currency(current=True))


def _demands(data: Question) -> tuple[Profile, Policy]:
    try:
        return guard.narrowed(profile_named(data.target), data.latency_budget_ms), policy_named(data.policy)
    except guard.TooWide as error:
        raise Problem(f"{error}; ask for at most that, or for another target", field="latency_budget_ms") from None
