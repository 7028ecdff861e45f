"""The demo keeps its promise: every kind of answer on real input, and nothing left running, however it ends."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DEMO = [sys.executable, str(ROOT / "fixtures/demo.py")]
STATES = re.compile(r"^  (\S+) +(ready|monitor required|warning|retrain required|blocked) · score (\d+)$", re.MULTILINE)


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


def _children(work: Path) -> list[str]:
    """The command lines of all processes that name the demo's folder."""
    lines = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(work) in words:
            lines.append(words)
    return lines


@pytest.mark.broker
@pytest.mark.slow
@pytest.mark.timeout(400)
def test_it_decides_for_every_candidate_and_target_and_leaves_nothing_behind(work: Path) -> None:
    environment = {**os.environ, "DEMO_WORK": str(work)}
    done = subprocess.run(DEMO, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    told = _told(done.stdout)
    assert len(told) == 18
    assert told["parts-small", "x86-gateway"][0] in {"ready", "monitor required"}
    state, reasons = told["parts-large", "x86-gateway"]
    assert state == "blocked"
    assert "latency-over-budget" in reasons
    state, reasons = told["parts-daylight", "x86-gateway"]
    assert state == "retrain required"
    assert "objects of 'clip' were found" in reasons
    assert all(told[name, "raspberry-pi-4"][0] == "blocked" for name, _ in told)
    assert "The dashboard was at http://127.0.0.1:" in done.stdout
    assert _children(work) == []


def _told(text: str) -> dict[tuple[str, str], tuple[str, str]]:
    """State and reasons by candidate and target."""
    found = {}
    for block in text.split("\n\n"):
        name = block.strip().split("\n")[0]
        matches = list(STATES.finditer(block))
        ends = [match.start() for match in matches[1:]] + [len(block)]
        for match, end in zip(matches, ends, strict=True) if matches else ():
            found[name, match[1]] = (match[2], " ".join(block[match.end() : end].split()))
    return found


@pytest.mark.broker
@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_in_the_middle_leaves_nothing_behind(work: Path, number: int) -> None:
    environment = {**os.environ, "DEMO_WORK": str(work)}
    with subprocess.Popen(DEMO, stdout=subprocess.PIPE, text=True, env=environment) as demo:
        assert demo.stdout is not None
        for line in demo.stdout:
            if "online over MQTT" in line:
                break
        time.sleep(1)
        demo.send_signal(number)
        assert demo.wait(30) == 128 + number
    assert _children(work) == []
