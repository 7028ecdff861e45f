"""What holds for every request: problem documents, security headers, no foreign host, an OpenAPI description."""

from collections.abc import Callable

import pytest
from litestar import Litestar
from litestar.testing import TestClient

Client = TestClient[Litestar]
DEPLOY = "/vision-readiness/deploy"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "body"),
        (b"{", "the body is not JSON"),
        (iter([b'{"a']), "the body is not JSON"),
        (iter([b""]), "the body is empty"),
        (b"[]", "object"),
        (b"\xff\xfe", "not JSON: invalid character"),
        (b'{"model_id": "\xff"}', "UTF-8"),
        (b"[" * 100_000, "deep"),
        (b'{"model_id": ' + b"[" * 50_000 + b"]" * 50_000 + b"}", "deep"),
        (b'{"model_id": "a", "target": "b", "threshold": 1e999}', "range"),
    ],
    ids=[
        "empty",
        "cut short",
        "cut short in chunks",
        "empty chunk",
        "no object",
        "binary",
        "bad text",
        "deep",
        "deep in a field",
        "too large a number",
    ],
)
def test_an_unusable_body_is_a_problem_document(web: Client, body: bytes, said: str):
    reply = web.post(DEPLOY, content=body, headers={"Content-Type": "application/json"})
    assert reply.status_code == 400
    assert reply.headers["content-type"] == "application/problem+json"
    assert said in reply.json()["detail"]
    assert {"type", "title", "status", "detail", "instance"} <= reply.json().keys()


def test_a_missing_and_an_unknown_field_are_named(web: Client):
    assert web.post(DEPLOY, json={"model_id": "a"}).json()["field"] == "target"
    said = web.post(DEPLOY, json={"model_id": "a", "target": "b", "polcy": "c"}).json()
    fields = "model_id, target, latency_budget_ms, threshold, endpoint_id, policy"
    assert said["detail"] == f"there is no field 'polcy'; the nearest is policy; the fields are {fields}"
    assert (said["status"], said["field"]) == (400, "polcy")


def test_an_unknown_field_inside_is_named_with_those_beside_it(web: Client):
    version = {"dataset_id": "a", "version_id": "v", "x": 1}
    said = web.post("/models", json={"model_id": "a", "project_id": "b", "version": version}).json()
    assert (said["field"], said["detail"]) == (
        "version.x",
        "there is no field 'x'; the fields are dataset_id, version_id",
    )


def test_a_misspelt_query_parameter_is_named(web: Client):
    reply = web.get("/vision-readiness/model?train_id=a&confidnce=0.5")
    assert (reply.status_code, reply.json()["field"]) == (400, "confidnce")


def test_unknown_routes_and_methods_are_problem_documents(web: Client):
    for reply, status in ((web.get("/nope"), 404), (web.get("/static/../app.py"), 404), (web.get(DEPLOY), 405)):
        assert (reply.status_code, reply.json()["status"]) == (status, status)
        assert reply.headers["content-type"] == "application/problem+json"


def test_a_body_that_a_foreign_page_could_send_is_refused(web: Client):
    reply = web.post(DEPLOY, content=b"{}", headers={"Content-Type": "text/plain"})
    assert (reply.status_code, reply.json()["field"]) == (415, "Content-Type")


def test_a_foreign_host_name_is_refused(web: Client):
    assert web.get("/models", headers={"Host": "evil.example"}).status_code == 403
    assert web.get("/", headers={"Host": "evil.example:8741"}).status_code == 403
    assert web.get("/models", headers={"Host": "localhost:8741"}).status_code == 200


def test_a_body_over_the_limit_is_refused(web: Client):
    reply = web.post(DEPLOY, content=b'"' + b"a" * (5 << 20) + b'"', headers={"Content-Type": "application/json"})
    assert reply.status_code == 413


def test_a_failure_shows_no_traceback(web: Client, monkeypatch: pytest.MonkeyPatch):
    def broken(_: object) -> None:
        raise ZeroDivisionError("a secret")

    monkeypatch.setattr("readiness_coordinator.store.lineage.list_models", broken)
    reply = web.get("/models")
    assert (reply.status_code, reply.json()["title"]) == (500, "Internal Server Error")
    assert "secret" not in reply.text
    assert "Traceback" not in reply.text


@pytest.mark.parametrize("path", ["/", "/models", "/nope", "/static/app.css", "/schema"])
def test_security_headers_on_every_answer(web: Client, path: str):
    headers = web.get(path).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


def test_the_schema_is_openapi_and_names_the_requests(web: Client):
    schema = web.get("/schema").json()
    assert schema["openapi"].startswith("3.1")
    assert {"/vision-readiness/scan", "/vision-readiness/model", DEPLOY, "/decisions/{decision_id}"} <= set(
        schema["paths"]
    )
    assert "http" not in web.get("/schema").text.replace("http_", "").split('"paths"')[0]


def test_health(web: Client):
    assert web.get("/health/live").json() == web.get("/health/ready").json() == {"status": "ok"}


def test_not_ready_without_the_store(web: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: object):
    import sqlalchemy as sa

    monkeypatch.setattr("readiness_coordinator.store.database.Store.read", _raising(sa.exc.OperationalError))
    assert web.get("/health/ready").status_code == 503
    assert web.get("/health/live").status_code == 200


def _raising(kind: type[Exception]) -> Callable[[object], None]:
    def read(_: object) -> None:
        raise kind("SELECT 1", {}, OSError("disk"))

    return read


@pytest.mark.parametrize("path", ["/devices", "/models", "/targets", "/policies", "/reason-codes"])
def test_lists_are_lists(web: Client, path: str):
    assert isinstance(web.get(path).json(), list)


def test_reason_codes_explain_themselves(web: Client):
    code = web.get("/reason-codes/latency-over-budget").json()
    assert (code["family"], code["severity"]) == ("target", "block")
    assert code["why"]
    assert code["fix"]
    assert web.get("/reason-codes/nope").json()["field"] == "code"
