"""What the README tells a stranger to type works: every command of it is run, and every room it names exists."""

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
BIN = Path(sys.executable).parent
COMMANDS = [line[2:].split("#")[0].strip() for line in README.splitlines() if line.startswith("$ ")]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small drawn dataset, its frames, and the models, where a reader would type."""
    folder = tmp_path_factory.mktemp("desk")
    scene = folder / "scene"
    counts = ["--train", "40", "--val", "10", "--test", "30"]
    subprocess.run([sys.executable, ROOT / "fixtures/scene.py", "--out", scene, *counts], check=True)
    (folder / "DATASET").symlink_to(scene / "detection")
    (folder / "FRAMES").symlink_to(scene / "frames")
    (folder / "models").symlink_to(ROOT / "models")
    return folder


def test_the_two_commands_are_targets_of_the_makefile() -> None:
    for command in COMMANDS:
        if command.startswith("make "):
            done = subprocess.run(["make", "-n", command.split()[1]], cwd=ROOT, capture_output=True, check=False)
            assert done.returncode == 0, command


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_every_command_runs_in_the_order_of_the_page(desk: Path) -> None:
    for command in COMMANDS:
        if command.startswith("make "):
            continue
        program, *words = command.split()
        if words == ["serve"]:
            _serves(desk)
            continue
        done = subprocess.run([BIN / program, *words], cwd=desk, capture_output=True, text=True, check=False)
        assert done.returncode in {0, 1}, f"{command}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr, done.stderr
        assert done.stdout.strip() or {"--out", "--json"} & set(words), f"{command} says nothing"


def _serves(desk: Path) -> None:
    """Start the coordinator as the page says, wait for its line, and end it."""
    with subprocess.Popen([BIN / "readiness", "serve"], cwd=desk, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        line = server.stdout.readline()
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=20) == 0
    assert "http://127.0.0.1:" in line


def test_every_room_that_the_page_names_exists() -> None:
    layout = README.split("## How the house is laid out")[1].split("### Add a check")[0]
    for row in re.findall(r"^(\S+/)", layout, flags=re.MULTILINE):
        for name in _alternatives(row):
            assert (ROOT / name).is_dir(), f"the README names {name}"


def _alternatives(row: str) -> list[str]:
    match = re.fullmatch(r"(.*)\{(.*)\}(.*)", row)
    if not match:
        return [row]
    head, middle, tail = match.groups()
    return [f"{head}{part}{tail}" for part in middle.split(",")]
