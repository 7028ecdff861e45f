"""Reports on disk and on the terminal: never half written, never markup, cut short only where many are alike."""

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

import specimens
from asking import ask
from readiness import verdict
from readiness.exits import Stop
from readiness.finding import Finding, Severity, Step, Subject
from readiness_coordinator import reports


def printed(findings: list[Finding], *, every: bool = False) -> list[str]:
    out = io.StringIO()
    reports.print_findings(Console(file=out, width=60), findings, every=every)
    return out.getvalue().splitlines()


def finding(name: str, code: str = "a-code", **changes: object) -> Finding:
    fields: dict[str, object] = {"outcome": "found", "because": f"{name} is [bold]bad[/bold]"}
    return Finding(code=code, severity=Severity.WARN, title="T.", subject=Subject("class", name), **fields | changes)


def test_a_file_is_replaced_whole_and_readable(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text("old")
    reports.write_json({"a": float("nan"), "b": specimens.rate(1, 2)}, str(path))
    assert json.loads(path.read_text())["a"] is None
    assert path.stat().st_mode & 0o444 == 0o444
    assert list(tmp_path.iterdir()) == [path]


def test_nothing_is_written_unasked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    reports.write_json({}, None)
    assert capsys.readouterr().out == ""
    with pytest.raises(Stop, match="cannot write"):
        reports.write_json({}, str(tmp_path / "absent" / "report.json"))


def test_words_of_users_are_no_markup_and_lines_are_not_wrapped() -> None:
    (line,) = printed([finding("nut" * 30)])
    assert line.endswith("is [bold]bad[/bold]")


def test_many_of_one_kind_are_cut_short_with_their_names() -> None:
    step = Step(kind="fix", text="mend it")
    lines = printed([finding(f"c{i}", action=step) for i in range(9)])
    assert lines[3].strip() == "… and 6 more: c3, c4, c5, c6, c7, c8"
    assert [line.strip() for line in lines[4:]] == ["→ mend it"]
    assert len(printed([finding(f"c{i}") for i in range(4)])) == 4
    assert len(printed([finding(f"c{i}") for i in range(9)], every=True)) == 9


def test_clear_answers_are_shown_only_when_asked_for() -> None:
    clear = finding("nut", outcome="clear")
    assert printed([clear]) == []
    assert len(printed([clear], every=True)) == 1


@pytest.mark.parametrize(
    ("outcome", "effect", "code"),
    [("found", "blocked", 1), ("unknown", "blocked", 3), ("found", "monitor_required", 0)],
)
def test_exit_codes_tell_bad_from_missing(outcome: str, effect: verdict.State, code: int) -> None:
    assert reports.exit_code(effect, [finding("nut", outcome=outcome, effect=effect)]) == code


def test_missing_beside_bad_is_bad() -> None:
    both = [finding("a", effect="retrain_required"), finding("b", outcome="unknown", effect="blocked")]
    assert reports.exit_code("blocked", both) == 1
    assert reports.exit_code("warning", []) == 0
    assert reports.exit_code("warning", [], strict=True) == 1


def test_head_holds_what_was_found_and_unknown() -> None:
    reached = verdict.Verdict(state="ready", score=100, gates=(), findings=ask("evaluation-empty"))
    assert reports.head("readiness.x/1", reached)["findings"] == []
    assert len(reports.head("readiness.x/1", reached, every=True)["findings"]) == 1
