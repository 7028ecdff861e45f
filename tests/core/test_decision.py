"""A decision is the same bytes for the same dossier, and another key for any changed input."""

from typing import Any

import msgspec
import pytest

import specimens
from readiness import catalogue, decision
from readiness.dossier import Dossier
from readiness.evidence.bounded import Rate
from readiness.finding import Step

CHECKS = catalogue.load()
VERSION = catalogue.version(CHECKS)


def test_the_same_dossier_gives_the_same_bytes() -> None:
    first = decision.encode(decision.decide(specimens.dossier(), CHECKS, "1"))
    again = msgspec.json.decode(msgspec.json.encode(specimens.dossier()), type=Dossier)
    assert decision.encode(decision.decide(again, catalogue.load(), "1")) == first


@pytest.mark.parametrize("lacking", ["model", "profile", "threshold"])
def test_a_decision_needs_its_subjects(lacking: str) -> None:
    with pytest.raises(decision.NoSubject, match="a model, a target and a threshold"):
        decision.decide(specimens.dossier(**{lacking: None}), CHECKS)


CHANGES: dict[str, dict[str, Any]] = {
    "dataset version": {"dataset": specimens.dataset(digest=specimens.OTHER)},
    "dataset scan": {"dataset": specimens.dataset(crowds=1)},
    "model": {"model": specimens.model(digest=specimens.OTHER)},
    "card": {"model": specimens.model(card=msgspec.structs.replace(specimens.model().card, confidence=0.5))},
    "evaluation": {"evaluation": specimens.evaluation(objects=701)},
    "benchmark": {"benchmark": specimens.benchmark(runs=1501)},
    "target": {"profile": specimens.profile(name="other")},
    "policy": {"policy": specimens.policy(confidence=0.99)},
    "threshold": {"threshold": 0.41},
    "endpoint": {"endpoint": "line-3"},
    "production": {"production": specimens.production()},
}


@pytest.mark.parametrize("what", CHANGES)
def test_any_changed_input_supersedes_a_decision(what: str) -> None:
    assert specimens.dossier(**CHANGES[what]).key(VERSION) != specimens.dossier().key(VERSION)


def test_another_catalogue_supersedes_a_decision() -> None:
    assert specimens.dossier().key("sha256:other") != specimens.dossier().key(VERSION)


def test_time_alone_does_not_change_the_key() -> None:
    assert specimens.dossier(asked_at="2026-11-24T00:00:00Z").key(VERSION) == specimens.dossier().key(VERSION)


def test_the_path_lists_every_code_in_order_with_its_answers() -> None:
    path = decision.decide(specimens.dossier(benchmark=None), CHECKS).path
    assert [answer.code for answer in path] == sorted(check.code for check in CHECKS)
    assert {a.code: a.unknown for a in path}["latency-over-budget"] == 1


def test_actions_come_in_order_of_harm_and_say_where_they_lead() -> None:
    slow = specimens.benchmark(end_to_end_ms=specimens.latency(90.0), protocol="quick")
    made = decision.decide(specimens.dossier(benchmark=slow), CHECKS)
    assert made.state == "blocked"
    assert [action.codes for action in made.actions] == [("latency-over-budget",), ("benchmark-quick-only",)]
    assert [action.leads_to for action in made.actions] == ["monitor_required", "ready"]


def test_missing_evidence_comes_with_the_step_that_brings_it() -> None:
    made = decision.decide(specimens.dossier(evaluation=None), CHECKS)
    assert made.actions[0].kind == "evaluate"
    assert isinstance(made.findings[0].action, Step)


def test_guardrails_and_monitor_follow_profile_policy_and_threshold() -> None:
    made = decision.decide(specimens.dossier(benchmark=specimens.benchmark(protocol="quick")), CHECKS)
    assert made.guardrails.confidence == {"bolt": 0.4, "nut": 0.4}
    assert made.guardrails.p95_ms == 33.0
    assert made.monitor.required
    assert made.monitor.reasons == ("benchmark-quick-only",)


def test_the_numbers_of_a_rate_survive_the_canonical_form() -> None:
    rate = Rate(hits=1, n=3, n_effective=2.5, lower=0.1 + 0.2, upper=1 / 3)
    assert msgspec.json.decode(msgspec.json.encode(rate), type=Rate) == rate
