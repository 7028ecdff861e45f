"""Decides and logs in one transaction, replays what was logged, and says whether a decision still holds today."""

from collections.abc import Sequence

import msgspec
import sqlalchemy as sa

from readiness import canonical, catalogue, decision
from readiness.catalogue import Check
from readiness.decision import Decision
from readiness.dossier import Dossier
from readiness.exits import Stop
from readiness.policy import Policy
from readiness.profile import Profile
from readiness_coordinator import advisor, profiles
from readiness_coordinator.reports import tool_version
from readiness_coordinator.store import decisions, lineage
from readiness_coordinator.store.database import Store
from readiness_coordinator.store.lineage import KnownModel

NARROWED = "p95_ms: narrowed by the caller of the decision"
_INPUTS = ("model", "dataset", "evaluation", "benchmark", "production", "profile", "policy", "threshold", "endpoint")


class TooWide(ValueError):
    """A caller's latency budget is looser than the target's own."""


class Currency(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a decision holds today; `because` names what has changed since."""

    current: bool
    because: str = ""


class Replay(msgspec.Struct, frozen=True, kw_only=True):
    """A logged decision recomputed from its logged dossier; `differs` names the keys that came out otherwise."""

    decision_id: str
    same: bool
    differs: tuple[str, ...] = ()
    because: str = ""


def decide_and_log(
    store: Store,
    checks: Sequence[Check],
    known: KnownModel,
    *,
    profile: Profile,
    policy: Policy,
    threshold: float,
    asked_at: str,
    endpoint: str = "",
) -> Decision:
    """Judge what the store holds at this moment, and log the answer with all that it stood on."""
    with store.write() as c:
        dossier = advisor.gather(
            c,
            known,
            profile=profile,
            policy=policy,
            threshold=threshold,
            asked_at=asked_at,
            endpoint=endpoint,
        )
        answer = decision.decide(dossier, checks, tool_version())
        decisions.log(c, decision.encode(answer), canonical.encode(dossier))
    return answer


def narrowed(profile: Profile, budget_p95_ms: float | None) -> Profile:
    """Give the profile under a caller's tighter latency budget; raises TooWide rather than loosen it."""
    own = profile.budget.p95_ms
    if budget_p95_ms is None or budget_p95_ms == own:
        return profile
    if budget_p95_ms > own:
        raise TooWide(f"{budget_p95_ms:g} ms is looser than the {own:g} ms that {profile.name} allows")
    budget = msgspec.structs.replace(profile.budget, p95_ms=budget_p95_ms)
    return msgspec.structs.replace(profile, budget=budget, sources=(*profile.sources, NARROWED))


def currency(c: sa.Connection, checks: Sequence[Check], answer: Decision, logged: Dossier, now: str) -> Currency:
    """Recompute the key from today's inputs: another key, or another state because evidence aged, supersedes."""
    known = lineage.get_model(c, answer.model)
    if known is None:
        return Currency(current=False, because="the model is no longer known")
    try:
        profile = _as_asked(profiles.load_profile(answer.target), logged)
        policy = profiles.load_policy(answer.policy)
    except Stop as stop:
        return Currency(current=False, because=str(stop))
    today = advisor.gather(
        c,
        known,
        profile=profile,
        policy=policy,
        threshold=answer.threshold,
        asked_at=now,
        endpoint=logged.endpoint,
    )
    if today.key(catalogue.version(checks)) != answer.evidence_hash:
        return Currency(current=False, because=_changed(logged, today))
    if decision.decide(today, checks).state != answer.state:
        return Currency(current=False, because="time has passed: evidence or a waiver has run out")
    return Currency(current=True)


def replay(checks: Sequence[Check], decision_bytes: bytes, dossier_bytes: bytes) -> Replay:
    """Decide once more from the logged dossier and compare byte for byte."""
    logged = msgspec.json.decode(decision_bytes, type=Decision)
    dossier = msgspec.json.decode(dossier_bytes, type=Dossier)
    again = decision.encode(decision.decide(dossier, checks, logged.tool_version))
    if again == decision_bytes:
        return Replay(decision_id=logged.decision_id, same=True)
    then, now = msgspec.json.decode(decision_bytes), msgspec.json.decode(again)
    differs = tuple(key for key in sorted(then.keys() | now.keys()) if then.get(key) != now.get(key))
    why = "the reason codes have changed since" if "catalogue" in differs else "the same inputs gave another answer"
    return Replay(decision_id=logged.decision_id, same=False, differs=differs, because=why)


def _as_asked(profile: Profile, logged: Dossier) -> Profile:
    """Narrow today's profile as the caller narrowed it then; one that became tighter still stands as it is."""
    assert logged.profile is not None
    asked = logged.profile.budget.p95_ms
    narrow = NARROWED in logged.profile.sources and asked < profile.budget.p95_ms
    return narrowed(profile, asked) if narrow else profile


def _changed(then: Dossier, now: Dossier) -> str:
    def digests(dossier: Dossier) -> dict[str, str]:
        return {name: canonical.digest(getattr(dossier, name)) for name in _INPUTS}

    before, after = digests(then), digests(now)
    changed = [name for name in _INPUTS if before[name] != after[name]]
    return f"changed since: {', '.join(changed)}" if changed else "the reason codes have changed"
