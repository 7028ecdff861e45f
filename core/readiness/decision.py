"""A verdict that was asked for: the record that is logged, shown, and reproduced byte for byte on replay."""

from collections.abc import Sequence

import msgspec

from readiness import actions, canonical, verdict
from readiness.catalogue import Check, version
from readiness.dossier import EVIDENCE, Dossier
from readiness.finding import Finding

SCHEMA = "readiness.decision/1"


class Stood(msgspec.Struct, frozen=True, kw_only=True):
    """One piece of evidence that a decision stands on."""

    kind: str
    digest: str
    observed_at: str


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """One step of the path: the code asked, and how many subjects got which answer."""

    code: str
    family: str
    clear: int = 0
    found: int = 0
    unknown: int = 0
    inapplicable: int = 0


class Guardrails(msgspec.Struct, frozen=True, kw_only=True):
    """What the device keeps to while the decision is in force."""

    confidence: dict[str, float]
    p95_ms: float
    memory_mib: float | None
    error_rate: float


class Monitor(msgspec.Struct, frozen=True, kw_only=True):
    """What must be watched, how often, and the silence after which the decision falls to blocked."""

    required: bool
    window_s: float
    silent_s: float
    reasons: tuple[str, ...] = ()


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """One decision; `evidence_hash` is the dossier key, by which it is known to be current or superseded."""

    schema: str = SCHEMA
    decision_id: str
    asked_at: str
    model: str
    model_name: str
    target: str
    policy: str
    threshold: float
    state: verdict.State
    score: int
    deployable: bool
    gates: tuple[verdict.Gate, ...]
    findings: tuple[Finding, ...]
    actions: tuple[actions.Action, ...]
    guardrails: Guardrails
    monitor: Monitor
    evidence: tuple[Stood, ...]
    evidence_hash: str
    path: tuple[Answer, ...]
    catalogue: str
    tool_version: str = ""


class NoSubject(ValueError):
    """A decision was asked for without saying of which model, for which target, or at which threshold."""


def decide(dossier: Dossier, checks: Sequence[Check], tool_version: str = "") -> Decision:
    """Judge a dossier and write the answer down; the same dossier gives the same bytes everywhere.

    Raises NoSubject when the dossier names no model, profile or threshold.
    """
    if dossier.model is None or dossier.profile is None or dossier.threshold is None:
        raise NoSubject("a decision needs a model, a target and a threshold")
    reached = verdict.reach(dossier, checks)
    families = {check.code: check.family for check in checks}
    name = version(checks)
    key = dossier.key(name)
    return Decision(
        decision_id=canonical.digest([key, dossier.asked_at, tool_version]).removeprefix("sha256:")[:20],
        asked_at=dossier.asked_at,
        model=dossier.model.digest,
        model_name=dossier.model.name,
        target=dossier.profile.name,
        policy=dossier.policy.name,
        threshold=dossier.threshold,
        state=reached.state,
        score=reached.score,
        deployable=reached.state in verdict.DEPLOYABLE,
        gates=reached.gates,
        findings=tuple(f for f in reached.findings if f.outcome in {"found", "unknown"}),
        actions=actions.plan(reached, families),
        guardrails=_guardrails(dossier),
        monitor=_monitor(dossier, reached),
        evidence=_stood_on(dossier),
        evidence_hash=key,
        path=tuple(_answer(check, reached.findings) for check in checks),
        catalogue=name,
        tool_version=tool_version,
    )


def encode(decision: Decision) -> bytes:
    """Give the canonical bytes that are logged and compared on replay."""
    return canonical.encode(decision)


def _stood_on(dossier: Dossier) -> tuple[Stood, ...]:
    records = [(kind, getattr(dossier, kind)) for kind in EVIDENCE]
    return tuple(
        Stood(kind=kind, digest=canonical.digest(record), observed_at=record.observed_at)
        for kind, record in records
        if record is not None
    )


def _guardrails(dossier: Dossier) -> Guardrails:
    assert dossier.model is not None
    assert dossier.profile is not None
    assert dossier.threshold is not None
    return Guardrails(
        confidence=dict.fromkeys(dossier.model.card.classes, dossier.threshold),
        p95_ms=dossier.profile.budget.p95_ms,
        memory_mib=dossier.profile.budget.memory_mib,
        error_rate=dossier.policy.production.error_rate,
    )


def _monitor(dossier: Dossier, reached: verdict.Verdict) -> Monitor:
    demand = dossier.policy.production
    reasons = tuple(dict.fromkeys(f.code for f in reached.findings if f.effect == "monitor_required"))
    return Monitor(
        required=reached.state == "monitor_required",
        window_s=demand.window_s,
        silent_s=demand.silent_s,
        reasons=reasons,
    )


def _answer(check: Check, findings: Sequence[Finding]) -> Answer:
    mine = [finding.outcome for finding in findings if finding.code == check.code]
    return Answer(
        code=check.code,
        family=check.family,
        clear=mine.count("clear"),
        found=mine.count("found"),
        unknown=mine.count("unknown"),
        inapplicable=mine.count("inapplicable"),
    )
