"""Asking fails closed: absent or stale evidence and a broken check read as unknown, never as a pass."""

import msgspec
import pytest

import specimens
from readiness import catalogue
from readiness.evidence.model import Model
from readiness.finding import Outcome, Severity, clear
from readiness.policy import Waiver

CHECKS = {check.code: check for check in catalogue.load()}
LATENCY = CHECKS["latency-over-budget"]


def _ask(code: str, **changes: object) -> list[tuple[str, str | None]]:
    findings = catalogue.ask(CHECKS[code], specimens.dossier(**changes))
    return [(finding.outcome, finding.unknown) for finding in findings]


def test_absent_evidence_is_unknown_missing() -> None:
    assert _ask("latency-over-budget", benchmark=None) == [("unknown", "missing")]


def test_stale_evidence_is_unknown_stale_from_the_day_after_its_age() -> None:
    assert _ask("latency-over-budget", asked_at="2026-12-22T12:00:00Z") == [("clear", None)]
    assert _ask("latency-over-budget", asked_at="2026-12-22T12:00:01Z") == [("unknown", "stale")]


def test_evidence_from_the_future_is_stale() -> None:
    assert _ask("latency-over-budget", asked_at="2026-11-22T10:00:00Z") == [("unknown", "stale")]


def test_evidence_without_a_usable_time_is_unknown_failed() -> None:
    undated = specimens.benchmark(observed_at="yesterday")
    assert _ask("latency-over-budget", benchmark=undated) == [("unknown", "failed")]


def test_an_exception_in_judge_is_unknown_failed() -> None:
    def judge(model: Model) -> Outcome:
        raise ZeroDivisionError(model.name)

    broken = msgspec.structs.replace(LATENCY, judge=judge, needs=("model",))
    (finding,) = catalogue.ask(broken, specimens.dossier())
    assert (finding.outcome, finding.unknown) == ("unknown", "failed")
    assert finding.because == "the check failed: ZeroDivisionError: parts"


def test_no_answer_at_all_is_unknown_failed() -> None:
    silent = msgspec.structs.replace(LATENCY, judge=lambda model: [], needs=("model",))
    (finding,) = catalogue.ask(silent, specimens.dossier())
    assert (finding.outcome, finding.unknown) == ("unknown", "failed")


def test_production_checks_do_not_apply_before_the_model_runs() -> None:
    assert _ask("endpoint-silent") == [("inapplicable", None)]
    assert _ask("endpoint-silent", endpoint="line-3") == [("unknown", "missing")]


@pytest.mark.parametrize(("until", "waived"), [("2026-11-24T00:00:00Z", True), ("2026-11-23T12:00:00Z", False)])
def test_a_waiver_holds_until_its_end_and_stays_in_sight(until: str, waived: bool) -> None:
    waiver = Waiver(code="memory-over-budget", reason="bench unit", until=until, by="approver")
    heavy = specimens.benchmark(memory_mib=msgspec.structs.replace(specimens.benchmark().memory_mib, peak_rss=999.0))
    dossier = specimens.dossier(policy=specimens.policy(waivers=(waiver,)), benchmark=heavy)
    (finding,) = catalogue.ask(CHECKS["memory-over-budget"], dossier)
    assert finding.outcome == "found"
    assert (finding.waived is not None) is waived


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("latency-over-budget", {"benchmark": None}),
        ("latency-over-budget", {"asked_at": "2027-12-31T00:00:00Z"}),
        ("evaluation-of-other-model", {"evaluation": specimens.evaluation(model=specimens.OTHER)}),
    ],
)
def test_absent_or_foreign_evidence_cannot_be_waived(code: str, changes: dict[str, object]) -> None:
    waiver = Waiver(code=code, reason="we trust it", until="2030-01-01T00:00:00Z", by="approver")
    dossier = specimens.dossier(**{"policy": specimens.policy(waivers=(waiver,)), **changes})
    (finding,) = catalogue.ask(CHECKS[code], dossier)
    assert finding.outcome in {"found", "unknown"}
    assert finding.waived is None


def test_a_check_may_answer_with_one_outcome_or_many() -> None:
    one = msgspec.structs.replace(LATENCY, judge=lambda model: clear(), needs=("model",), severity=Severity.NOTE)
    many = msgspec.structs.replace(one, judge=lambda model: [clear(), clear()])
    assert len(catalogue.ask(one, specimens.dossier())) == 1
    assert len(catalogue.ask(many, specimens.dossier())) == 2
