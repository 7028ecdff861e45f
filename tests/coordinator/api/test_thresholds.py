"""Any threshold over REST: answered from kept matches, refused where they are gone or the question makes no sense."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from litestar import Litestar
from litestar.testing import TestClient

import specimens
from readiness_coordinator.settings import Settings

Client = TestClient[Litestar]


@pytest.fixture
def evaluated(web: Client, lying: Any) -> dict[str, Any]:
    """Scan, register and evaluate at the card's 0.4; gives the report."""
    scan = {"project_id": "line", "dataset_id": "parts", "version_id": "v1", "task_type": "detection"}
    assert web.post("/vision-readiness/scan", json=scan | {"source": str(lying.dataset)}).status_code == 200
    model = {"model_id": "parts-v1", "project_id": "line", "train_id": "run-7"}
    web.post("/models", json=model | {"model": msgspec.to_builtins(specimens.model())}).raise_for_status()
    asked = {"model_id": "parts-v1", "dataset_id": "parts", "version_id": "v1", "split": "test"}
    reply = web.post("/evaluations", json=asked | {"predictions": str(lying.predictions)})
    report: dict[str, Any] = reply.raise_for_status().json()
    return report


def ask(web: Client, *classes: str, **parameters: Any) -> Any:
    asked = [("train_id", "run-7"), *(("class", one) for one in classes), *parameters.items()]
    return web.get("/vision-readiness/model/thresholds", params=asked)


@pytest.mark.usefixtures("evaluated")
def test_a_lower_threshold_finds_the_unsure_class_and_a_higher_one_loses_it(web: Client) -> None:
    low, high = ask(web, confidence=0.4).json(), ask(web, confidence=0.5).json()
    assert [one["right"] for one in low["classes"]] == [12, 12]
    assert [one["right"] for one in high["classes"]] == [12, 0]
    assert low["overall"]["recall"]["lower"] > high["overall"]["recall"]["lower"]


@pytest.mark.usefixtures("evaluated")
def test_each_class_may_have_its_own_threshold_and_costs_are_counted_by_the_aim(web: Client) -> None:
    reply = ask(web, "bolt=0.95", confidence=0.4, aim="cost", cost_missed=5, cost_false=1)
    bolt, nut = reply.json()["classes"]
    assert (bolt["threshold"], bolt["missed"], bolt["cost"]) == (0.95, 12, 5.0)
    assert (nut["threshold"], nut["missed"], nut["cost"]) == (0.4, 0, 0.0)


@pytest.mark.usefixtures("evaluated")
def test_a_curve_comes_with_it(web: Client) -> None:
    curve = ask(web, curve="nut").json()["curve"]
    assert {len(column) for column in curve.values()} == {len(curve["threshold"])}
    assert max(curve["threshold"]) <= 1


@pytest.mark.usefixtures("evaluated")
@pytest.mark.parametrize(
    ("field", "parameters"),
    [
        ("confidence", {"confidence": 1.5}),
        ("class", {"class": "screw=0.4"}),
        ("class", {"class": "bolt"}),
        ("curve", {"curve": "screw"}),
        ("aim", {"aim": "luck"}),
        ("target", {"aim": "recall"}),
        ("policy", {"policy": "../secret"}),
        ("train_id", {"train_id": "nobody"}),
    ],
)
def test_a_bad_question_names_its_field(web: Client, field: str, parameters: dict[str, Any]) -> None:
    asked = {"train_id": "run-7"} | parameters
    reply = web.get("/vision-readiness/model/thresholds", params=asked)
    assert reply.status_code in {400, 404}
    assert reply.json()["field"] == field, reply.text


def test_damaged_matches_are_made_anew_from_the_predictions_and_changed_ones_refused(
    web: Client, settings: Settings, lying: Any, evaluated: dict[str, Any]
) -> None:
    assert evaluated["classes"]
    (kept,) = Path(settings.folder, "matches").iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(whole[:-9])
    assert ask(web, confidence=0.4).json()["overall"]["right"] == 24
    assert kept.read_bytes() == whole
    kept.unlink()
    lying.predictions.write_text("[]")
    reply = ask(web, confidence=0.4)
    assert (reply.status_code, reply.json()["field"]) == (409, "train_id")
