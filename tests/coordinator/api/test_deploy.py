"""POST /vision-readiness/deploy over a real store: the decision and its reasons, and when it is refused."""

from collections.abc import Callable
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

import specimens
from readiness_coordinator.store import decisions
from readiness_coordinator.store.database import Store

Client = TestClient[Litestar]
Put = Callable[..., None]


def ask(web: Client, **changes: Any) -> dict[str, Any]:
    reply = web.post("/vision-readiness/deploy", json={"model_id": "parts-v1", "target": "x86-gateway", **changes})
    assert reply.status_code == 200, reply.text
    answer: dict[str, Any] = reply.json()
    return answer


def test_good_evidence_is_deployable(web: Client, put: Put):
    put()
    answer = ask(web)
    assert answer["deployable"], [finding["because"] for finding in answer["findings"]]
    assert answer["current"]
    promised = {"decision_id", "state", "score", "findings", "actions", "guardrails", "monitor", "evidence"}
    assert promised | {"evidence_hash", "path", "current"} <= answer.keys()
    assert [stood["kind"] for stood in answer["evidence"]] == ["dataset", "evaluation", "benchmark"]
    assert len(answer["path"]) == len(web.get("/reason-codes").json())


def test_a_missing_benchmark_blocks_and_says_how_to_get_it(web: Client, put: Put):
    put(benchmark=None)
    answer = ask(web)
    assert (answer["state"], answer["deployable"]) == ("blocked", False)
    missing = [finding for finding in answer["findings"] if finding["code"] == "latency-over-budget"]
    assert missing[0]["unknown"] == "missing"
    assert answer["actions"][0]["kind"] == "benchmark"
    assert "benchmark the model on the target device" in answer["actions"][0]["text"]


def test_a_scan_that_something_was_cut_out_of_blocks(web: Client, put: Put):
    put(dataset=specimens.dataset(classes=specimens.dataset().classes[1:]))
    answer = ask(web)
    assert (answer["state"], answer["deployable"]) == ("blocked", False)
    assert "dataset-incoherent" in [one["code"] for one in answer["findings"] if one["outcome"] == "found"]


def test_evidence_of_another_model_does_not_count(web: Client, put: Put):
    put(evaluation=specimens.evaluation(model=specimens.OTHER), benchmark=specimens.benchmark(model=specimens.OTHER))
    answer = ask(web)
    assert answer["state"] == "blocked"
    assert [stood["kind"] for stood in answer["evidence"]] == ["dataset"]


def test_another_threshold_is_another_decision(web: Client, put: Put):
    put()
    at_card, moved = ask(web), ask(web, threshold=0.5)
    assert at_card["decision_id"] != moved["decision_id"]
    assert at_card["evidence_hash"] != moved["evidence_hash"]
    assert moved["state"] == "blocked"
    assert "threshold-not-evaluated" in [finding["code"] for finding in moved["findings"]]


def test_a_tighter_budget_narrows_and_a_looser_one_is_refused(web: Client, put: Put):
    put()
    narrow = ask(web, latency_budget_ms=5)
    assert (narrow["state"], narrow["guardrails"]["p95_ms"]) == ("blocked", 5)
    assert "latency-over-budget" in [finding["code"] for finding in narrow["findings"]]
    wide = web.post(
        "/vision-readiness/deploy", json={"model_id": "parts-v1", "target": "x86-gateway", "latency_budget_ms": 1e6}
    )
    assert (wide.status_code, wide.json()["field"]) == (400, "latency_budget_ms")


def test_an_endpoint_without_windows_blocks(web: Client, put: Put):
    put()
    answer = ask(web, endpoint_id="line-3")
    assert answer["state"] == "blocked"
    assert "endpoint-silent" in [finding["code"] for finding in answer["findings"]]


def test_the_same_question_at_the_same_moment_is_logged_once(web: Client, put: Put, opened: Store):
    put()
    assert ask(web) == ask(web)
    with opened.read() as c:
        assert len(decisions.history(c, specimens.MODEL, "x86-gateway")) == 1


@pytest.mark.parametrize(
    ("changes", "status", "field"),
    [
        ({"model_id": "nobody"}, 404, "model_id"),
        ({"target": "toaster"}, 404, "target"),
        ({"target": "../targets/x86-gateway.toml"}, 404, "target"),
        ({"policy": "/etc/hostname.toml"}, 404, "policy"),
        ({"threshold": 1.5}, 400, "threshold"),
        ({"threshold": "nan"}, 400, "threshold"),
        ({"latency_budget_ms": 0}, 400, "latency_budget_ms"),
        ({"latency_budget": 5}, 400, "latency_budget"),
        ({"model_id": 7}, 400, "model_id"),
    ],
)
def test_a_bad_question_is_refused_by_field(web: Client, put: Put, changes: dict[str, Any], status: int, field: str):
    put()
    reply = web.post("/vision-readiness/deploy", json={"model_id": "parts-v1", "target": "x86-gateway", **changes})
    assert (reply.status_code, reply.json()["field"]) == (status, field), reply.text
    assert reply.headers["content-type"] == "application/problem+json"
