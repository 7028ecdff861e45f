"""From one dossier to a state: the worst that any finding causes, and the gate that holds it back."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import msgspec

from readiness import catalogue
from readiness.dossier import Dossier
from readiness.finding import Finding, Severity

State = Literal["ready", "monitor_required", "warning", "retrain_required", "blocked"]
STATES: tuple[State, ...] = ("ready", "monitor_required", "warning", "retrain_required", "blocked")
DEPLOYABLE = frozenset({"ready", "monitor_required"})

_FOUND: dict[Severity, State | None] = {
    Severity.BLOCK: "blocked",
    Severity.RETRAIN: "retrain_required",
    Severity.WARN: "warning",
    Severity.MONITOR: "monitor_required",
    Severity.NOTE: None,
}
_ABSENT: dict[Severity, State | None] = {**_FOUND, Severity.RETRAIN: "blocked"}
_UNDECIDED: dict[Severity, State | None] = {
    Severity.BLOCK: "monitor_required",
    Severity.RETRAIN: "monitor_required",
    Severity.WARN: "warning",
    Severity.MONITOR: None,
    Severity.NOTE: None,
}
# Each state owns a band of the score, so that no number can say more than its state.
_BANDS: dict[State, tuple[int, int]] = {
    "ready": (80, 100),
    "monitor_required": (65, 79),
    "warning": (55, 64),
    "retrain_required": (40, 54),
    "blocked": (0, 39),
}
_PENALTY = 3


class Gate(msgspec.Struct, frozen=True, kw_only=True):
    """One family's part: its state, its score, and how many findings of it change the state."""

    name: str
    state: State
    score: int
    open: int


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """State, score (the minimum over the gates, never an average), gates, and every answer in harm order."""

    state: State
    score: int
    gates: tuple[Gate, ...]
    findings: tuple[Finding, ...]


def reach(dossier: Dossier, checks: Iterable[catalogue.Check], *, partial: bool = False) -> Verdict:
    """Judge a dossier by every check.

    With `partial`, only checks whose evidence is at hand are asked: for a report on part of the evidence,
    never for a decision.
    """
    asked = [check for check in checks if not partial or catalogue.answerable(check, dossier)]
    by_family: dict[str, list[Finding]] = {check.family: [] for check in asked}
    for check in asked:
        by_family[check.family] += [_with_effect(finding, dossier) for finding in catalogue.ask(check, dossier)]
    gates = gates_of({name: by_family.get(name, []) for name in catalogue.FAMILIES})
    findings = sorted((f for family in by_family.values() for f in family), key=harm)
    state = worst(gate.state for gate in gates)
    score = min((gate.score for gate in gates), default=0)
    return Verdict(state=state, score=score, gates=gates, findings=tuple(findings))


def gates_of(groups: Mapping[str, Sequence[Finding]]) -> tuple[Gate, ...]:
    """Give one gate per group of findings, in their order; a group that had nothing to say was not asked: no gate."""
    asked = {name: findings for name, findings in groups.items() if any(f.outcome != "inapplicable" for f in findings)}
    return tuple(_gate(name, findings) for name, findings in asked.items())


def worst(states: Iterable[State]) -> State:
    """Give the state that takes precedence; of none at all, `blocked`: nothing was asked."""
    return max(states, key=STATES.index, default="blocked")


def said(state: State) -> str:
    """Say a state to people; the wire and files keep its name."""
    return state.replace("_", " ")


def harm(finding: Finding) -> tuple[int, int, float, str, str]:
    """Order findings: worst effect first, found before unknown, the farthest from its limit first."""
    rank = STATES.index(finding.effect) if finding.effect in STATES else -1
    order = {"found": 0, "unknown": 1, "clear": 2, "inapplicable": 3}[finding.outcome]
    return (-rank, order, -_distance(finding), finding.code, finding.subject.name if finding.subject else "")


def _distance(finding: Finding) -> float:
    """Give how far the measured value lies from its limit, as a share of the limit; what is no number comes first."""
    measured, limit = finding.measured, finding.limit
    if isinstance(measured, str) or isinstance(limit, str) or measured is None or not limit:
        return math.inf
    return abs(measured - limit) / abs(limit)


def effect(finding: Finding, dossier: Dossier) -> State | None:
    """Give the state that one finding causes (the design's table), or None when it changes nothing.

    A waived finding that would hold the model back still asks for monitoring: accepted is not the same as clear.
    """
    if finding.outcome in {"clear", "inapplicable"}:
        return None
    if finding.waived is not None:
        return "monitor_required" if finding.severity in {Severity.BLOCK, Severity.RETRAIN} else None
    if finding.outcome == "found":
        return _FOUND[finding.severity]
    if finding.unknown != "undecided":
        return _ABSENT[finding.severity]
    critical = finding.subject is not None and dossier.policy.is_critical(finding.subject.name)
    if critical and finding.severity in {Severity.BLOCK, Severity.RETRAIN}:
        return "blocked"
    return _UNDECIDED[finding.severity]


def _with_effect(finding: Finding, dossier: Dossier) -> Finding:
    return msgspec.structs.replace(finding, effect=effect(finding, dossier))


def _gate(name: str, findings: Sequence[Finding]) -> Gate:
    effects = [finding.effect for finding in findings if finding.effect is not None]
    state = worst([state for state in STATES if state in effects] or ["ready"])
    low, high = _BANDS[state]
    same = sum(1 for effect_ in effects if effect_ == state)
    return Gate(name=name, state=state, score=max(low, high - _PENALTY * max(0, same - 1)), open=len(effects))
