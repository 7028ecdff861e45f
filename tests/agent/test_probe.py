"""`readiness-agent probe`: JSON and table of this machine and of recorded trees."""

import json
from pathlib import Path

import pytest

from readiness_agent.__main__ import main

TREES = Path(__file__).parent / "trees"


def test_json_of_a_recorded_board(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["probe", "--json", "-", "--sysroot", str(TREES / "raspberry-pi-4")]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["schema"] == "readiness.probe/1"
    assert report["device"]["board"] == "raspberry-pi-4"
    assert report["device"]["runtimes"] == {}
    assert report["fingerprint"].startswith("sha256:")
    assert {"board", "cpu", "memory", "thermal", "throttling"} <= {one["sensor"] for one in report["sensors"]}


def test_table_says_what_is_unknown(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["probe", "--sysroot", str(tmp_path)]) == 0
    shown = capsys.readouterr().out
    assert "unknown" in shown
    assert "no /proc/meminfo" in shown


def test_this_machine_lists_its_providers(tmp_path: Path) -> None:
    assert main(["probe", "--json", str(tmp_path / "probe.json")]) == 0
    device = json.loads((tmp_path / "probe.json").read_text())["device"]
    assert "CPUExecutionProvider" in device["providers"]
    assert "onnxruntime" in device["runtimes"]


def test_a_tree_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["probe", "--sysroot", "/none"]) == 2
    assert capsys.readouterr().err == "readiness-agent probe: /none: no such folder (--sysroot)\n"
