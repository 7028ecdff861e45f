"""The pages themselves: the fleet, one decision, and what is said when something goes wrong."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import msgspec
import sqlalchemy as sa
from litestar import MediaType, Response, get

from readiness.catalogue import Check
from readiness.decision import Decision
from readiness.dossier import Dossier
from readiness.exits import Stop
from readiness.profile import Profile
from readiness_coordinator import guard, needs, profiles, words
from readiness_coordinator.reports import tool_version
from readiness_coordinator.store import decisions, devices, lineage
from readiness_coordinator.store.database import Store
from readiness_coordinator.web import decision_view, fleet_view, rendering


@get("/", sync_to_thread=True, include_in_schema=False)
def fleet(store: needs.Store, checks: needs.Checks, now: needs.Now) -> Response[str]:
    """Show candidates by targets, the reasons of each decision, and the devices."""
    with store.read() as c:
        newest = [_held(c, checks, row.decision_id, now)[0] for row in decisions.latest(c)]
        known, there = lineage.list_models(c), devices.list_devices(c)
    return _html("index.html", now, page=fleet_view.page(known, _offered(), newest, there, now))


def decision(store: Store, checks: Sequence[Check], decision_id: str, now: str) -> Response[str]:
    """Show one decision, or say that there is none of that id."""
    with store.read() as c:
        if decisions.get(c, decision_id) is None:
            return problem(HTTPStatus.NOT_FOUND, f"There is no decision {decision_id[:200]}.", now)
        one, dossier = _held(c, checks, decision_id, now)
    laid_out = decision_view.page(one.decision, dossier, one.held)
    return _html("decision.html", now, page=laid_out, decision=one.decision)


def problem(status: int, detail: str, now: str) -> Response[str]:
    return _html("problem.html", now, status=status, title=HTTPStatus(status).phrase, detail=detail)


def _held(c: sa.Connection, checks: Sequence[Check], decision_id: str, now: str) -> tuple[fleet_view.Held, Dossier]:
    found = decisions.get(c, decision_id)
    assert found is not None
    answer, dossier = msgspec.json.decode(found[0], type=Decision), msgspec.json.decode(found[1], type=Dossier)
    return fleet_view.Held(decision=answer, held=guard.currency(c, checks, answer, dossier, now)), dossier


def _offered() -> dict[str, Profile]:
    """Give every target profile that can be read."""
    read = {name: _profile(name) for name in profiles.names("targets")}
    return {name: profile for name, profile in read.items() if profile is not None}


def _profile(name: str) -> Profile | None:
    try:
        return profiles.load_profile(name)
    except Stop:
        return None


def _html(template: str, now: str, *, status: int = HTTPStatus.OK, **values: Any) -> Response[str]:
    text = rendering.page(template, now=words.moment(now), tool_version=tool_version(), **values)
    return Response(text, status_code=status, media_type=MediaType.HTML)
