"""The daemon as a person meets it: real processes, exit codes, one line for each trouble, no engine loaded."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

HEAVY = ("numpy", "scipy", "cv2", "PIL", "onnxruntime", "ai_edge_litert", "rich", "readiness.catalogue", "asyncio")
IMPORTED = "import sys, readiness_agent.agent, readiness_agent.commands.run; print(' '.join(sorted(sys.modules)))"


def closed_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def agent(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "readiness_agent", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)


@pytest.fixture
def flags(tmp_path: Path) -> list[str]:
    broker = f"127.0.0.1:{closed_port()}"
    return ["--device", "line-3", "--state", str(tmp_path / "state"), "--broker", broker, "--interval", "0.2"]


@pytest.fixture
def daemon(flags: list[str], tmp_path: Path):
    """A daemon whose broker is not there; it has committed a sample when the test begins."""
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-m", "readiness_agent", "run", *flags], stderr=log)
    deadline = time.monotonic() + 20
    while not (tmp_path / "state" / "status.json").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    yield process
    process.kill()
    process.wait(10)


def test_the_daemon_imports_no_engine() -> None:
    imported = subprocess.run(
        [sys.executable, "-c", IMPORTED], capture_output=True, text=True, check=True
    ).stdout.split()
    loaded = [name for name in imported if name.startswith(HEAVY)]
    assert not loaded
    ours_and_theirs = {name.split(".")[0] for name in imported} - set(sys.stdlib_module_names) - {"__main__"}
    assert {name for name in ours_and_theirs if not name.startswith("_")} <= {
        "readiness",
        "readiness_agent",
        "paho",
        "msgspec",
        "psutil",
        "sitecustomize",
        "tomli",
        "typing_extensions",
    }


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_daemon_in_order(daemon: subprocess.Popen[bytes], number: int, flags: list[str]) -> None:
    daemon.send_signal(number)
    assert daemon.wait(5) == 0
    before = json.loads(agent("spool", *flags, "--json").stdout)
    assert before["pending"] == before["streams"][0]["last_seq"] >= 1
    assert before["lost"] == 0


def test_a_second_daemon_on_the_same_spool_is_refused(daemon: subprocess.Popen[bytes], flags: list[str]) -> None:
    second = agent("run", *flags, "--for", "1")
    assert second.returncode == 2
    assert second.stderr.count("\n") == 1
    assert "another readiness-agent uses this state folder" in second.stderr
    assert daemon.poll() is None


def test_status_and_spool_say_how_it_stands(daemon: subprocess.Popen[bytes], flags: list[str]) -> None:
    told = agent("status", *flags)
    assert told.returncode == 0
    assert "not connected: no broker at 127.0.0.1" in told.stdout
    assert "last acknowledgement never" in told.stdout
    said = json.loads(agent("status", *flags, "--json").stdout)
    assert said["running"] is True
    assert said["daemon"]["pid"] == daemon.pid
    assert "health" in agent("spool", *flags).stdout
    daemon.kill()
    daemon.wait(10)
    assert "the daemon does not run" in agent("status", *flags).stdout


@pytest.mark.parametrize("command", ["spool", "status"])
def test_a_folder_without_a_spool_is_said(command: str, flags: list[str]) -> None:
    done = agent(command, *flags)
    assert done.returncode == 4
    assert "no spool here" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("words", [("--device", "line 3"), ("--config", "/nowhere.toml"), ("--interval", "-1")])
def test_unusable_settings_end_with_two_and_one_line(words: tuple[str, str], flags: list[str]) -> None:
    done = agent("run", *flags, *words)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr


def test_a_damaged_spool_does_not_keep_the_daemon_from_starting(flags: list[str], tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "spool.db").write_bytes(os.urandom(50_000))
    assert agent("run", *flags, "--for", "0.5").returncode == 0
    held = json.loads(agent("spool", *flags, "--json").stdout)
    assert {stream["name"] for stream in held["streams"]} == {"evt", "health"}
    assert list((tmp_path / "state").glob("spool.db.damaged-*"))


def test_a_state_folder_that_is_a_file_ends_with_four(flags: list[str], tmp_path: Path) -> None:
    (tmp_path / "state").write_text("")
    done = agent("run", *flags)
    assert done.returncode == 4
    assert done.stderr.count("\n") == 1


def test_a_broker_that_keeps_silent_does_not_delay_the_end(flags: list[str], tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        words = [*flags, "--broker", f"127.0.0.1:{silent.getsockname()[1]}"]
        process = subprocess.Popen([sys.executable, "-m", "readiness_agent", "run", *words], stderr=subprocess.DEVNULL)
        caller, _ = silent.accept()
        begun = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
        assert time.monotonic() - begun < 5
        caller.close()
