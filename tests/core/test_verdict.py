"""The verdict is the design's table: every answer at every severity, the score's bands, and the minimum rule."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import specimens
from readiness import catalogue, verdict
from readiness.catalogue import Check
from readiness.finding import Accepted, Finding, Outcome, Severity, Subject, clear, found, unknown

CHECKS = catalogue.load()
TABLE = {
    ("found", None): ("blocked", "retrain_required", "warning", "monitor_required", None),
    ("unknown", "missing"): ("blocked", "blocked", "warning", "monitor_required", None),
    ("unknown", "stale"): ("blocked", "blocked", "warning", "monitor_required", None),
    ("unknown", "failed"): ("blocked", "blocked", "warning", "monitor_required", None),
    ("unknown", "undecided"): ("monitor_required", "monitor_required", "warning", None, None),
    ("clear", None): (None,) * 5,
    ("inapplicable", None): (None,) * 5,
}
ROWS = [(o, u, s, want) for (o, u), row in TABLE.items() for s, want in zip(Severity, row, strict=True)]


def _finding(**fields: Any) -> Finding:
    return Finding(code="a-code", title="T.", because="b", **fields)


def _check(code: str, family: str, severity: Severity, *outcomes: Outcome) -> Check:
    return Check(
        code=code,
        family=family,
        title="T.",
        why="w",
        fix="f",
        severity=severity,
        needs=(),
        judge=lambda: list(outcomes),
    )


@pytest.mark.parametrize(("outcome", "why", "severity", "want"), ROWS)
def test_each_cell_of_the_table(outcome: Any, why: Any, severity: Severity, want: str | None) -> None:
    finding = _finding(outcome=outcome, unknown=why, severity=severity)
    assert verdict.effect(finding, specimens.dossier()) == want


@pytest.mark.parametrize("severity", [Severity.BLOCK, Severity.RETRAIN])
def test_an_undecided_critical_class_blocks(severity: Severity) -> None:
    finding = _finding(outcome="unknown", unknown="undecided", severity=severity, subject=Subject("class", "clip"))
    critical = specimens.dossier(policy=specimens.policy(critical=("clip",)))
    every = specimens.dossier(policy=specimens.policy(critical=("*",)))
    other = specimens.dossier(policy=specimens.policy(critical=("bolt",)))
    assert [verdict.effect(finding, d) for d in (critical, every, other)] == ["blocked", "blocked", "monitor_required"]


def test_good_evidence_is_ready() -> None:
    reached = verdict.reach(specimens.dossier(), CHECKS)
    assert (reached.state, reached.score) == ("ready", 100)


def test_nothing_asked_is_blocked() -> None:
    assert verdict.reach(specimens.dossier(), ()).state == "blocked"
    assert verdict.reach(specimens.dossier(), ()).score == 0


@pytest.mark.parametrize("kind", ["dataset", "evaluation", "benchmark", "model", "profile", "threshold"])
def test_anything_missing_is_blocked(kind: str) -> None:
    reached = verdict.reach(specimens.dossier(**{kind: None}), CHECKS)
    assert reached.state == "blocked"
    assert reached.score < 40


def test_a_report_on_part_of_the_evidence_asks_only_what_it_can() -> None:
    part = specimens.dossier(evaluation=None, benchmark=None, model=None, profile=None, threshold=None)
    assert {f.outcome for f in verdict.reach(part, CHECKS, partial=True).findings} <= {"clear", "inapplicable"}


def test_the_score_is_the_minimum_and_one_red_gate_cannot_be_averaged_away() -> None:
    good = [_check(f"good-{n}", "dataset", Severity.BLOCK, clear()) for n in range(50)]
    bad = _check("bad-one", "target", Severity.BLOCK, found("too slow"))
    reached = verdict.reach(specimens.dossier(), [*good, bad])
    assert {gate.name: gate.score for gate in reached.gates} == {"dataset": 100, "target": 39}
    assert reached.score == 39


outcomes = st.sampled_from(
    [clear(), found("f"), *(unknown("u", why) for why in ("missing", "stale", "undecided", "failed"))]  # type: ignore[arg-type]
)
answers = st.lists(
    st.tuples(st.sampled_from(catalogue.FAMILIES[:3]), st.sampled_from(list(Severity)), outcomes),
    min_size=1,
    max_size=8,
)


@given(answers)
def test_score_and_state_agree_and_no_order_matters(given_answers: list[tuple[str, Severity, Outcome]]) -> None:
    checks = [_check(f"code-{n}", *answer) for n, answer in enumerate(given_answers)]
    reached = verdict.reach(specimens.dossier(), checks)
    assert (reached.score >= 80) == (reached.state == "ready")
    assert (reached.score < 40) == (reached.state == "blocked")
    assert reached.score == min(gate.score for gate in reached.gates)
    assert verdict.reach(specimens.dossier(), list(reversed(checks))).findings == reached.findings


@given(answers, st.sampled_from(list(Severity)))
def test_one_more_problem_never_improves_the_state(
    given_answers: list[tuple[str, Severity, Outcome]], severity: Severity
) -> None:
    checks = [_check(f"code-{n}", *answer) for n, answer in enumerate(given_answers)]
    before = verdict.reach(specimens.dossier(), checks)
    after = verdict.reach(specimens.dossier(), [*checks, _check("one-more", "dataset", severity, found("x"))])
    assert verdict.STATES.index(after.state) >= verdict.STATES.index(before.state)
    assert after.score <= before.score


@pytest.mark.parametrize("severity", list(Severity))
def test_a_waived_finding_still_asks_for_monitoring_where_it_would_hold_back(severity: Severity) -> None:
    accepted = Accepted(reason="r", by="b", until="2027-01-01T00:00:00Z")
    finding = _finding(outcome="found", severity=severity, waived=accepted)
    held = severity in {Severity.BLOCK, Severity.RETRAIN}
    assert verdict.effect(finding, specimens.dossier()) == ("monitor_required" if held else None)
