"""What would a model do at another threshold? Answered at once from the kept matches of its newest evaluation."""

from http import HTTPStatus
from typing import Annotated, Any

from litestar import get
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery, QueryParameter

from readiness.evidence.threshold import Aim
from readiness_coordinator import judging, needs
from readiness_coordinator.api import uploads
from readiness_coordinator.api.fields import policy_named
from readiness_coordinator.api.model_report import newest_of
from readiness_coordinator.api.problems import Problem
from readiness_coordinator.evaluate import aims
from readiness_coordinator.evaluate.from_files import How
from readiness_coordinator.profiles import DEFAULT_POLICY


def _aim(
    aim: FromQuery[str | None] = None,
    target: FromQuery[float | None] = None,
    cost_missed: FromQuery[float | None] = None,
    cost_false: FromQuery[float | None] = None,
    policy: FromQuery[str] = DEFAULT_POLICY,
) -> Aim:
    try:
        return aims.aim(policy_named(policy).evaluation.aim, aim, target, cost_missed, cost_false)
    except aims.BadAsked as error:
        raise Problem(str(error), field=error.field) from None


@get(
    "/vision-readiness/model/thresholds",
    sync_to_thread=True,
    dependencies={"asked": Provide(_aim, sync_to_thread=False)},
    opt={"query": ("class", "aim", "target", "cost_missed", "cost_false")},
)
def read(
    settings: needs.Settings,
    store: needs.Store,
    asked: NamedDependency[Aim],
    train_id: FromQuery[str],
    eval_set: FromQuery[str | None] = None,
    confidence: FromQuery[float | None] = None,
    class_thresholds: Annotated[list[str] | None, QueryParameter(name="class", max_items=1000)] = None,
    curve: FromQuery[str | None] = None,
    policy: FromQuery[str] = DEFAULT_POLICY,
) -> dict[str, Any]:
    """Say what a model would do at one threshold for all classes, or at `class=name=0.4` for some of them.

    `curve` asks for the curve of one class too, or of all (`*`). What a missed object and a false answer cost is the
    policy's aim, or `aim`, `target`, `cost_missed` and `cost_false`. No decision stands on it.
    """
    known, newest = newest_of(store, train_id, eval_set)
    how = How(newest.confidence, newest.iou, policy_named(policy))
    prepared = judging.thresholds(settings.folder, known.model, newest, how, uploads.readable(settings))
    if prepared is None:
        raise Problem(
            "the predictions behind this evaluation are not kept here unchanged, or know no threshold; "
            "POST /evaluations evaluates them",
            field="train_id",
            status=HTTPStatus.CONFLICT,
        )
    try:
        return aims.answer(prepared, confidence=confidence, classes=class_thresholds or (), curve=curve, aim=asked)
    except aims.BadAsked as error:
        raise Problem(str(error), field=error.field) from None
