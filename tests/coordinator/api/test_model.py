"""Models and their evaluations: registered, judged from predictions on the server, asked at other thresholds."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from litestar import Litestar
from litestar.testing import TestClient

import specimens
from readiness import canonical
from readiness_coordinator.store import evidence
from readiness_coordinator.store.database import Store

Client = TestClient[Litestar]
SCAN = {"project_id": "line", "dataset_id": "parts", "version_id": "v1", "task_type": "detection"}
CARD = """
task = "detection"
classes = ["bolt", "nut"]
confidence = 0.4
[input]
size = [64, 48]
[output]
decoder = "yolo"
"""

NO_CLASSES = msgspec.structs.replace(specimens.card(), classes=())


@pytest.fixture
def evaluated(web: Client, lying: Any) -> dict[str, Any]:
    """Scan, register and evaluate at the card's 0.4; gives the report."""
    assert web.post("/vision-readiness/scan", json=SCAN | {"source": str(lying.dataset)}).status_code == 200
    assert register(web).status_code == 201
    reply = evaluate(web, lying)
    assert reply.status_code == 201, reply.text
    report: dict[str, Any] = reply.json()
    return report


def register(web: Client, **changes: Any) -> Any:
    body = {"model_id": "parts-v1", "project_id": "line", "train_id": "run-7"} | changes
    if "path" not in changes:
        body |= {"model": msgspec.to_builtins(specimens.model())} | changes
    return web.post("/models", json=body)


def evaluate(web: Client, lying: Any, **changes: Any) -> Any:
    body = {"model_id": "parts-v1", "dataset_id": "parts", "version_id": "v1", "split": "test"}
    return web.post("/evaluations", json=body | {"predictions": str(lying.predictions)} | changes)


def ask(web: Client, **parameters: Any) -> Any:
    return web.get("/vision-readiness/model", params={"train_id": "run-7"} | parameters)


def recall(report: dict[str, Any]) -> dict[str, float]:
    return {one["name"]: one["recall"]["value"] for one in report["classes"]}


def test_an_evaluation_becomes_the_model_report(web: Client, evaluated: dict[str, Any]):
    assert recall(evaluated) == {"bolt": 1.0, "nut": 1.0}
    report = ask(web).json()
    assert report["schema"] == "readiness.evaluate/1"
    assert report["confidence"] == 0.4
    assert 0 <= report["risk_score"] <= 100
    assert report["evidence"] == evaluated["evidence"]


def test_another_confidence_is_recomputed_from_the_kept_predictions_and_not_stored(
    web: Client, evaluated: dict[str, Any], opened: Store
):
    report = ask(web, confidence=0.5).json()
    assert recall(report) == {"bolt": 1.0, "nut": 0.0}
    assert [one["name"] for one in report["classes"]] == ["nut", "bolt"], "the weak class comes first"
    assert report["weak_classes"][0] == "nut"
    assert report["examples"][0]["class"] == "nut"
    assert ask(web, confidence=0.5).json() == report
    with opened.read() as c:
        assert evidence.counts(c)["evaluation"] == 1, "asking makes no evidence"


def test_asking_at_a_lenient_iou_changes_no_decision(web: Client, evaluated: dict[str, Any], opened: Store):
    body = {"model_id": "parts-v1", "target": "x86-gateway"}
    first = web.post("/vision-readiness/deploy", json=body).json()
    assert ask(web, iou=0.05).json()["iou"] == 0.05
    assert ask(web, iou=0.05, confidence=0.5).status_code == 200
    assert web.post("/vision-readiness/deploy", json=body).json() == first
    moved = web.post("/vision-readiness/deploy", json=body | {"threshold": 0.5}).json()
    with opened.read() as c:
        judged = evidence.get(c, next(one["digest"] for one in moved["evidence"] if one["kind"] == "evaluation"))
    assert (judged.iou, judged.confidence) == (0.5, 0.5)
    assert judged.observed_at == evaluated["evidence"]["observed_at"], "counted anew, as old as before"


def test_a_lenient_evaluation_is_not_moved_to_another_threshold(web: Client, lying: Any, opened: Store):
    web.post("/vision-readiness/scan", json=SCAN | {"source": str(lying.dataset)})
    register(web)
    assert evaluate(web, lying, iou=0.05).status_code == 201
    web.post("/vision-readiness/deploy", json={"model_id": "parts-v1", "target": "x86-gateway", "threshold": 0.5})
    with opened.read() as c:
        assert evidence.counts(c)["evaluation"] == 1


def test_another_iou_and_the_evaluation_set_by_either_name(web: Client, evaluated: dict[str, Any]):
    assert ask(web, iou=0.75).json()["iou"] == 0.75
    assert ask(web, iou=0).json()["field"] == "iou"
    assert ask(web, eval_set="parts/v1").status_code == 200
    assert ask(web, eval_set=evaluated["evidence"]["dataset"]).status_code == 200
    assert ask(web, eval_set="parts/v9").json()["field"] == "eval_set"
    assert ask(web, eval_set=specimens.OTHER).json()["field"] == "eval_set"


def test_changed_predictions_answer_no_other_threshold(web: Client, lying: Any, evaluated: dict[str, Any]):
    lying.predictions.write_text("[]")
    reply = ask(web, confidence=0.5)
    assert (reply.status_code, reply.json()["field"]) == (409, "confidence")
    assert ask(web).status_code == 200, "what was evaluated stands"


def test_a_decision_at_another_threshold_evaluates_it_first(web: Client, evaluated: dict[str, Any]):
    body = {"model_id": "parts-v1", "target": "x86-gateway", "threshold": 0.5}
    answer = web.post("/vision-readiness/deploy", json=body).json()
    codes = {finding["code"] for finding in answer["findings"] if finding["outcome"] == "found"}
    assert "threshold-not-evaluated" not in codes
    assert any(f["subject"] and f["subject"]["name"] == "nut" for f in answer["findings"])


def test_a_changed_dataset_is_not_evaluated(web: Client, lying: Any, evaluated: dict[str, Any]):
    (lying.dataset / "test" / "12.png").unlink()
    reply = evaluate(web, lying, confidence=0.6)
    assert (reply.status_code, reply.json()["field"]) == (409, "version_id")


def test_predictions_of_another_model_are_refused(web: Client, lying: Any, evaluated: dict[str, Any]):
    record = {"model": msgspec.to_builtins(specimens.model(digest=specimens.OTHER))}
    Path(f"{lying.predictions}.run.json").write_bytes(msgspec.json.encode(record))
    reply = evaluate(web, lying)
    assert (reply.status_code, reply.json()["field"]) == (400, "predictions")
    assert specimens.OTHER in reply.json()["detail"]


def test_a_run_record_binds_predictions_card_and_dataset(web: Client, lying: Any, evaluated: dict[str, Any]):
    said = evaluated["evidence"]
    assert (said["run_recorded"], said["card"]) == (False, "")
    record = {"model": msgspec.to_builtins(specimens.model()), "card": specimens.OTHER, "dataset": said["dataset"]}
    record |= {"predictions": said["predictions"], "observed_at": specimens.OBSERVED_AT}
    beside = Path(f"{lying.predictions}.run.json")
    beside.write_bytes(msgspec.json.encode(record))
    bound = evaluate(web, lying).json()["evidence"]
    assert (bound["run_recorded"], bound["card"]) == (True, specimens.OTHER)
    assert bound["observed_at"] == specimens.OBSERVED_AT
    for key in ("predictions", "dataset"):
        beside.write_bytes(msgspec.json.encode(record | {key: specimens.OTHER}))
        reply = evaluate(web, lying)
        assert (reply.status_code, reply.json()["field"]) == (400, "predictions")


@pytest.mark.parametrize(
    ("changes", "status", "field"),
    [
        ({"model_id": "nobody"}, 404, "model_id"),
        ({"version_id": "v9"}, 404, "version_id"),
        ({"predictions": "/etc/passwd"}, 400, "predictions"),
        ({"split": "none"}, 400, "predictions"),
        ({"iou": 2}, 400, "iou"),
        ({"iou": 0}, 400, "iou"),
    ],
)
def test_a_bad_evaluation_is_refused_by_field(
    web: Client, lying: Any, evaluated: dict[str, Any], changes: Any, status: int, field: str
):
    reply = evaluate(web, lying, **changes)
    assert (reply.status_code, reply.json()["field"]) == (status, field), reply.text


def test_no_evaluation_yet(web: Client):
    register(web)
    assert (ask(web).status_code, ask(web).json()["field"]) == (404, "train_id")
    assert web.get("/vision-readiness/model").json()["field"] == "train_id"
    assert ask(web, confidence="nan").json()["field"] == "confidence"


def test_a_model_is_registered_from_its_file_and_card(web: Client, lying: Any):
    path = lying.dataset.parent / "parts.onnx"
    path.write_bytes(b"weights")
    reply = register(web, path=str(path))
    assert reply.json()["field"] == "path", "no card yet"
    path.with_name("parts.card.toml").write_text(CARD.replace("64, 48", "64, 0"))
    assert "'input.size' must be above 0" in register(web, path=str(path)).json()["detail"]
    path.with_name("parts.card.toml").write_text(CARD)
    path.write_bytes(b"")
    assert "is empty" in register(web, path=str(path)).json()["detail"]
    path.write_bytes(b"weights")
    shown = register(web, path=str(path)).json()
    assert (shown["digest"], shown["train_id"]) == (canonical.digest_bytes(b"weights"), "run-7")
    for name in ("parts-v1", "run-7", shown["digest"]):
        assert web.get(f"/models/{name}").json() == shown
    assert web.get("/models").json() == [shown]


def test_a_registration_is_idempotent_and_never_changes(web: Client):
    assert register(web).json() == register(web).json()
    other = register(web, model=msgspec.to_builtins(specimens.model(digest=specimens.OTHER)))
    assert (other.status_code, other.json()["field"]) == (409, "model_id")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"model": None}, "model"),
        ({"path": "/etc/hostname"}, "path"),
        ({"model": msgspec.to_builtins(specimens.model(digest="abc"))}, "model.digest"),
        ({"model": msgspec.to_builtins(specimens.model(size_mib=0.0))}, "model.size_mib"),
        ({"model": msgspec.to_builtins(specimens.model(card=NO_CLASSES))}, "model.card"),
        ({"version": {"dataset_id": "parts", "version_id": "v9"}}, "version"),
        ({"version": {"dataset_id": "parts"}}, "version.version_id"),
        ({"model_id": ""}, "model_id"),
    ],
)
def test_a_bad_registration_is_refused_by_field(web: Client, lying: Any, changes: Any, field: str):
    assert register(web, **changes).json()["field"] == field
