"""The codes command: the catalogue, one code explained, and the nearest ones where a code is mistyped."""

import json

import pytest

from readiness import catalogue
from readiness_coordinator import __main__ as program


def test_every_code_is_listed_and_one_is_explained(capsys: pytest.CaptureFixture[str]):
    assert program.main(["codes"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(catalogue.load())
    assert program.main(["codes", "class-rare", "--json"]) == 0
    (one,) = json.loads(capsys.readouterr().out)
    assert (one["code"], one["severity"]) == ("class-rare", "block")


@pytest.mark.parametrize(
    ("asked", "way"),
    [
        ("class-rar", "the nearest are class-rare, "),
        ("Class-Rare", "the nearest are class-rare, "),
        ("box-duplicat", "the nearest are box-duplicate, "),
        ("0", "`readiness codes` lists them all"),
        ("a\nb\x1b[2J", "`readiness codes` lists them all"),
        ("box" * 100_000, "`readiness codes` lists them all"),
    ],
)
def test_a_mistyped_code_is_one_line_with_the_nearest(asked: str, way: str, capsys: pytest.CaptureFixture[str]):
    assert program.main(["codes", asked]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("readiness codes: no reason code '")
    assert f"; {way}" in said.err
    assert (said.err.count("\n"), "\x1b" in said.err) == (1, False)
