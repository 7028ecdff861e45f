"""Decide and log, replay, and currency: a decision holds exactly as long as what it stood on."""

from collections.abc import Callable

import msgspec
import pytest

import specimens
from readiness import canonical, catalogue, decision
from readiness.decision import Decision
from readiness.dossier import Dossier
from readiness_coordinator import guard, profiles
from readiness_coordinator.store import decisions, evidence, lineage
from readiness_coordinator.store.database import Store

CHECKS = catalogue.load()


def decided(store: Store, threshold: float = 0.4, budget_ms: float | None = None) -> Decision:
    with store.read() as c:
        known = lineage.get_model(c, specimens.MODEL)
    assert known is not None
    return guard.decide_and_log(
        store,
        CHECKS,
        known,
        profile=guard.narrowed(profiles.load_profile("x86-gateway"), budget_ms),
        policy=profiles.load_policy(),
        threshold=threshold,
        asked_at=specimens.ASKED_AT,
    )


def held(store: Store, answer: Decision, now: str = specimens.ASKED_AT) -> guard.Currency:
    with store.read() as c:
        logged = decisions.get(c, answer.decision_id)
        assert logged is not None
        return guard.currency(c, CHECKS, answer, msgspec.json.decode(logged[1], type=Dossier), now)


def test_the_logged_bytes_are_those_of_the_offline_decision(opened: Store, put: Callable[..., None]):
    put()
    answer = decided(opened)
    assert answer.deployable, [finding.because for finding in answer.findings]
    with opened.read() as c:
        logged, dossier = decisions.get(c, answer.decision_id) or (b"", b"")
    offline = decision.decide(msgspec.json.decode(dossier, type=Dossier), CHECKS, answer.tool_version)
    assert decision.encode(offline) == logged == decision.encode(answer)


def test_replay_gives_the_same_bytes_and_names_what_differs(opened: Store, put: Callable[..., None]):
    put()
    answer = decided(opened)
    with opened.read() as c:
        logged, dossier = decisions.get(c, answer.decision_id) or (b"", b"")
    assert guard.replay(CHECKS, logged, dossier).same
    forged = canonical.encode(msgspec.structs.replace(answer, state="ready", score=100))
    replayed = guard.replay(CHECKS, forged, canonical.encode(specimens.dossier(benchmark=None)))
    assert not replayed.same
    assert {"state", "score", "evidence"} <= set(replayed.differs)


def test_current_until_newer_evidence_arrives(opened: Store, put: Callable[..., None]):
    put()
    answer = decided(opened)
    assert held(opened, answer).current
    with opened.write() as c:
        slower = specimens.benchmark(observed_at="2026-11-23T11:00:00Z", end_to_end_ms=specimens.latency(80.0))
        evidence.put(c, "benchmark", slower, specimens.ASKED_AT)
    assert held(opened, answer) == guard.Currency(current=False, because="changed since: benchmark")


def test_superseded_once_its_evidence_is_too_old(opened: Store, put: Callable[..., None]):
    put()
    answer = decided(opened)
    assert held(opened, answer, "2026-12-20T12:00:00Z").current
    aged = held(opened, answer, "2027-01-01T12:00:00Z")
    assert not aged.current
    assert "time has passed" in aged.because


def test_superseded_by_other_reason_codes(opened: Store, put: Callable[..., None]):
    put()
    answer = decided(opened)
    with opened.read() as c:
        dossier = msgspec.json.decode((decisions.get(c, answer.decision_id) or (b"", b""))[1], type=Dossier)
        then = guard.currency(c, CHECKS[1:], answer, dossier, specimens.ASKED_AT)
    assert then == guard.Currency(current=False, because="the reason codes have changed")


def test_a_narrowed_budget_is_kept_when_today_is_recomputed(opened: Store, put: Callable[..., None]):
    put()
    narrow_ms = profiles.load_profile("x86-gateway").budget.p95_ms * 0.9
    answer = decided(opened, budget_ms=narrow_ms)
    assert answer.guardrails.p95_ms == narrow_ms
    assert held(opened, answer).current
    assert answer.evidence_hash != decided(opened).evidence_hash


def test_a_budget_is_never_widened():
    profile = specimens.profile()
    assert guard.narrowed(profile, None) is guard.narrowed(profile, profile.budget.p95_ms) is profile
    with pytest.raises(guard.TooWide, match="looser than the 33 ms"):
        guard.narrowed(profile, 33.1)
