"""GET /decisions/{id} and its replay: the record as logged, whether it holds, and the same bytes again."""

from collections.abc import Callable
from typing import Any

from litestar import Litestar
from litestar.testing import TestClient

import specimens
from readiness_coordinator.store import evidence
from readiness_coordinator.store.database import Store

Client = TestClient[Litestar]


def decided(web: Client) -> dict[str, Any]:
    reply = web.post("/vision-readiness/deploy", json={"model_id": "parts-v1", "target": "x86-gateway"})
    answer: dict[str, Any] = reply.json()
    return answer


def test_a_decision_is_read_back_as_it_was_given(web: Client, put: Callable[..., None]):
    put()
    answer = decided(web)
    assert web.get(f"/decisions/{answer['decision_id']}").json() == answer


def test_a_replay_is_the_same(web: Client, put: Callable[..., None]):
    put()
    replay = web.get(f"/decisions/{decided(web)['decision_id']}/replay").json()
    assert (replay["same"], replay["differs"]) == (True, [])


def test_newer_evidence_supersedes_at_once(web: Client, put: Callable[..., None], opened: Store):
    put()
    answer = decided(web)
    with opened.write() as c:
        evidence.put(c, "evaluation", specimens.evaluation(observed_at="2026-11-23T11:00:00Z"), specimens.ASKED_AT)
    later = web.get(f"/decisions/{answer['decision_id']}").json()
    assert (later["current"], later["superseded_because"]) == (False, "changed since: evaluation")
    assert later["state"] == answer["state"], "the log is not rewritten"


def test_no_such_decision(web: Client):
    for path in ("/decisions/none", "/decisions/none/replay"):
        reply = web.get(path)
        assert (reply.status_code, reply.json()["field"]) == (404, "decision_id")


def test_a_browser_gets_a_page_and_everybody_else_json(web: Client, put: Callable[..., None]):
    put()
    path = f"/decisions/{decided(web)['decision_id']}"
    page = web.get(path, headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert page.headers["content-type"].startswith("text/html")
    assert web.get(path, headers={"Accept": "*/*"}).headers["content-type"] == "application/json"
