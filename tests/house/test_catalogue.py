"""Every reason code is whole: title, why, fix, severity, and a mirrored test with clear, found and unknown cases."""

import ast
import importlib
import re
import sys
from pathlib import Path

import pytest

from readiness import catalogue, checks
from readiness.catalogue import BadCheck

ROOT = Path(__file__).resolve().parents[2]
CHECKS = catalogue.load()


def test_the_catalogue_spreads_over_the_five_families() -> None:
    families = [check.family for check in CHECKS]
    assert set(families) == set(catalogue.FAMILIES)
    assert len(CHECKS) >= 14


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.code)
def test_each_code_has_its_three_cases(check: catalogue.Check) -> None:
    path = ROOT / "tests/core/checks" / check.family / f"test_{check.code.replace('-', '_')}.py"
    assert path.exists(), f"{check.code} has no test file {path.relative_to(ROOT)}"
    names = [node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)]
    for case in ("test_clear", "test_found", "test_unknown"):
        assert any(name.startswith(case) for name in names), f"{path.name} has no {case}…"


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.code)
def test_each_code_is_named_in_words(check: catalogue.Check) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+", check.code)
    assert check.title.endswith((".", "?"))
    assert len(check.why) > 40
    assert len(check.fix) > 20


def _family(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Put one more check, with this text, on the target family's shelf."""
    from readiness.checks import target

    monkeypatch.delitem(sys.modules, "readiness.checks.target.made_up_check", raising=False)
    importlib.invalidate_caches()
    (tmp_path / "made_up_check.py").write_text(text)
    monkeypatch.setattr(target, "__path__", [*target.__path__, str(tmp_path)])


GOOD = '''"""A made-up problem.

Why: so that the loader has something to refuse.

Fix: remove it.
"""
from readiness.finding import Severity, clear
SEVERITY = Severity.NOTE
def judge(benchmark):
    return clear()
'''


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (GOOD.replace("Why:", "Because:"), "needs a title line"),
        (GOOD.replace("Fix:", "Mend:"), "needs a title line"),
        (GOOD.replace("judge(benchmark)", "judge(benchmark, moon)"), "asks for 'moon'"),
        (GOOD.replace("SEVERITY =", "GRAVITY ="), "needs SEVERITY"),
        (GOOD.replace("def judge", "def juge"), "needs SEVERITY"),
        (GOOD + "\nraise RuntimeError('broken')\n", "does not load: broken"),
        (GOOD + "\nimport nothing_of_that_name\n", "does not load"),
    ],
)
def test_a_malformed_check_stops_the_start_up(
    text: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _family(tmp_path, monkeypatch, text)
    with pytest.raises(BadCheck, match=said):
        catalogue.load()


def test_a_well_formed_check_is_found_without_editing_a_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = catalogue.version(CHECKS)
    _family(tmp_path, monkeypatch, GOOD)
    after = catalogue.load()
    assert "made-up-check" in [check.code for check in after]
    assert catalogue.version(after) != before


def test_a_stray_family_stops_the_start_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "astrology").mkdir()
    (tmp_path / "astrology" / "__init__.py").write_text('"""No family."""')
    monkeypatch.setattr(checks, "__path__", [*checks.__path__, str(tmp_path)])
    with pytest.raises(BadCheck, match="no family of that name"):
        catalogue.load()
