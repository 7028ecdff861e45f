"""What an evaluation puts at risk, 0 to 100: each risk by its worst finding, all of it by the worst risk."""

from collections.abc import Iterable

import msgspec

from readiness.finding import Finding, Subject
from readiness.verdict import STATES, State

# The bands of the state that a finding causes; 100 less the bands of a verdict's score, so that neither contradicts.
BANDS: dict[State, tuple[int, int]] = {
    "ready": (0, 20),
    "monitor_required": (21, 35),
    "warning": (36, 45),
    "retrain_required": (46, 60),
    "blocked": (61, 100),
}
_MIDDLE = 0.5  # a problem that has no number lies in the middle of its band
# A code belongs to the first of these that it begins with.
_NAMES = (
    ("class-unmeasured", "evidence"),
    ("class-ids", "evidence"),
    ("class-not-in-head", "lineage"),
    ("class-", "weak class"),
    ("classes-foreign", "evidence"),
    ("slice-", "weak slice"),
    ("critical-", "evidence"),
    ("boxes-", "boxes"),
    ("threshold-not-evaluated", "lineage"),
    ("threshold", "threshold"),
    ("scores-", "calibration"),
    ("corruption", "robustness"),
    ("truth-crowds", "evidence"),
    ("truth-", "data"),
    ("overfit", "overfit"),
    ("split-", "overfit"),
    ("evaluated-on", "evidence"),
    ("evaluation-of", "lineage"),
    ("evaluation-on", "lineage"),
    ("evaluation-", "evidence"),
    ("images-", "evidence"),
    ("image-ids", "evidence"),
    ("predictions-unproven", "lineage"),
    ("predictions-", "evidence"),
    ("card-", "lineage"),
    ("tasks-", "lineage"),
    ("trained-", "lineage"),
    ("benchmark-", "lineage"),
    ("endpoint-unproven", "lineage"),
)


class Risk(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of risk: `score` and `because` are of its worst finding, `codes` all that add to it, worst first."""

    name: str
    score: int
    because: str
    codes: tuple[str, ...]
    subject: Subject | None = None


def risks(findings: Iterable[Finding]) -> tuple[Risk, ...]:
    """Give every kind of risk, the worst first; what does not apply is none, and what is clear a small one."""
    kinds: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.outcome != "inapplicable":
            kinds.setdefault(_name(finding.code), []).append(finding)
    return tuple(sorted((_risk(name, group) for name, group in kinds.items()), key=lambda one: (-one.score, one.name)))


def score(findings: Iterable[Finding]) -> int:
    """Give the worst of the risks: an average would let nine good classes hide the tenth."""
    return max((of(finding) for finding in findings), default=0)


def of(finding: Finding) -> int:
    """Score one finding: the band of the state it causes, and in it how far its bound lies from its limit."""
    if finding.outcome == "inapplicable":
        return 0
    state = next((state for state in STATES if state == finding.effect), STATES[0])
    low, high = BANDS[state]
    return low + round(_share(finding) * (high - low))


def _share(finding: Finding) -> float:
    """Give how far the bounds are on the bad side of the limit, or of what is clear how near it, from 0 to 1."""
    interval, limit = finding.interval, finding.limit
    if interval is None or not isinstance(limit, (int, float)) or not limit:
        return 0.0 if finding.outcome == "clear" else _MIDDLE
    ends = [end for end in interval if end is not None]
    off = [abs(end - limit) / abs(limit) for end in ends]
    if not off:
        return _MIDDLE
    near, far = min(1.0, *off), min(1.0, max(off))
    if finding.outcome == "clear":
        return 1.0 - near
    return near if finding.outcome == "found" else far


def _risk(name: str, group: list[Finding]) -> Risk:
    ranked = sorted(group, key=lambda one: (-of(one), one.code, one.subject.name if one.subject else "", one.because))
    worst = ranked[0]
    codes = tuple(dict.fromkeys(one.code for one in ranked if one.outcome != "clear"))
    return Risk(name=name, score=of(worst), because=worst.because, codes=codes, subject=worst.subject)


def _name(code: str) -> str:
    return next((name for prefix, name in _NAMES if code.startswith(prefix)), "evaluation")
