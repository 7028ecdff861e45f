"""`readiness-agent probe`: JSON and table of this machine and of recorded trees."""

import io
import json
import os
import shutil
from pathlib import Path

import pytest
from rich.console import Console

from readiness.evidence.device import Sensed
from readiness_agent.__main__ import main
from readiness_agent.commands.probe import show
from readiness_agent.device import of_sensed

TREES = Path(__file__).parent / "trees"
BOARDS = sorted(path.name for path in TREES.iterdir() if path.is_dir())


def shown(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["probe", *words]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    return captured.out


def flat(text: str) -> str:
    """Undo the table's folding."""
    return " ".join(text.split())


def test_json_of_a_recorded_board(capsys: pytest.CaptureFixture[str]) -> None:
    report = json.loads(shown(capsys, "--json", "-", "--sysroot", str(TREES / "raspberry-pi-4")))
    assert report["schema"] == "readiness.probe/1"
    assert report["device"]["board"] == "raspberry-pi-4"
    assert report["device"]["runtimes"] == {}
    assert report["device"]["accelerators"] == ["coral-usb"]
    assert report["fingerprint"].startswith("sha256:")
    sensed = {one["sensor"]: one for one in report["sensors"]}
    assert {"board", "cpu", "memory", "thermal", "throttling", "gpu", "power", "accelerators", "clock"} <= set(sensed)
    assert sensed["power"]["ok"] is False
    assert sensed["power"]["error"]
    assert all(one["took_ms"] > 0 for one in report["sensors"])


@pytest.mark.parametrize("tree", BOARDS)
def test_each_board_fits_a_terminal_of_80_columns(
    tree: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    text = shown(capsys, "--sysroot", str(TREES / tree))
    assert max(map(len, text.splitlines())) <= 80
    assert len(text.splitlines()) < 60
    assert text.count("…") == 1  # the fingerprint's; no reading is cut off
    assert not [line for line in text.splitlines() if line.strip().startswith(("·", "°C", "MiB", "MHz", "mW"))]
    assert "of a recorded tree, not known" in text


def test_the_table_says_what_is_read_with_its_unit_and_what_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    pi = flat(shown(capsys, "--sysroot", str(TREES / "raspberry-pi-4")))
    assert "raspberry-pi-4 · Raspberry Pi 4 Model B Rev 1.4" in pi
    assert "processor Cortex-A72, aarch64, 4 cores, governor ondemand" in pi
    assert "max 48.2 °C · headroom 31.8 °C" in pi
    assert "unknown: no power rail" in pi
    assert "unknown or not set: cpu stall, memory stall, io stall" in pi
    assert "note: frequency cap, throttling and soft limit are unknown" in pi


def test_an_empty_tree_is_unknown_throughout(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    text = flat(shown(capsys, "--sysroot", str(tmp_path)))
    assert "unknown · unknown model" in text
    assert "processor unknown, unknown, unknown cores, governor unknown" in text
    assert "memory unknown: no /proc/meminfo" in text


def test_what_a_device_calls_itself_is_text_and_no_markup() -> None:
    said = Sensed(sensor="board", ok=True, took_ms=1.0, readings={"board": "[red]pi[/]", "model": "[bold]x[/nope]"})
    out = io.StringIO()
    show(of_sensed((said,), {}), (said,), Console(file=out, width=80))
    assert "[red]pi[/] · [bold]x[/nope]" in out.getvalue()
    assert "board [red]pi[/]" in out.getvalue()


def test_this_machine_lists_its_providers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = shown(capsys, "--json", str(tmp_path / "probe.json"))
    device = json.loads((tmp_path / "probe.json").read_text())["device"]
    assert "CPUExecutionProvider" in device["providers"]
    assert "onnxruntime" in device["runtimes"]
    assert "CPUExecutionProvider" in text


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--sysroot", "/none"), "/none: no such folder (--sysroot)"),
        (("--sysroot", "/etc/hostname"), "/etc/hostname: no such folder (--sysroot)"),
        (("--sysroot", "a" * 5000), f"{'a' * 200}: file name too long (--sysroot)"),
        (("--json", "/none/probe.json"), "/none/probe.json: its folder does not exist; make it first"),
    ],
)
def test_a_path_that_cannot_be_meant(words: tuple[str, str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["probe", *words]) == 2
    captured = capsys.readouterr()
    assert captured.err == f"readiness-agent probe: {told}\n"
    assert captured.out == ""


def test_a_tree_full_of_pipes_is_answered(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = shutil.copytree(TREES / "jetson-orin-nano", tmp_path / "tree")
    for place in [place for place in root.rglob("*") if place.is_file()]:
        place.unlink()
        os.mkfifo(place)
    text = flat(shown(capsys, "--sysroot", str(root)))
    assert "note: no regular file: /proc/meminfo" in text
