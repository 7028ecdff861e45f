"""A command that is told to end, or is killed, leaves no worker behind and no folder for good."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import psutil
import pytest
from PIL import Image

import tiny_onnx
from children import wait_until
from readiness_agent.benchmark.exclusive import sole_benchmark
from readiness_agent.benchmark.spill import spill_folder

CARD = (
    'task = "classification"\nconfidence = 0.5\nclasses = ["red", "green", "blue"]\n'
    "[input]\nsize = [8, 8]\nscale = 0.00392156862745098\n[output]\ndecoder = 'softmax'\n"
)
Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A model with its card, a video, a long list of images, and a folder for temporary files."""
    tiny_onnx.averager(tmp_path / "mean.onnx")
    (tmp_path / "mean.card.toml").write_text(CARD)
    video = cv2.VideoWriter(str(tmp_path / "clip.avi"), cv2.VideoWriter.fourcc(*"MJPG"), 10, (64, 48))
    for number in range(4):
        video.write(np.full((48, 64, 3), 60 * number, dtype=np.uint8))
    video.release()
    Image.fromarray(np.zeros((9, 9, 3), dtype=np.uint8)).save(tmp_path / "black.png")
    images = [{"id": number, "file": str(tmp_path / "black.png")} for number in range(100_000)]
    (tmp_path / "list.json").write_text(json.dumps({"images": images}))
    (tmp_path / "temporary").mkdir()
    return tmp_path


def words(site: Path, command: str) -> list[str]:
    lasting = {
        "bench": ["mean.onnx", "--frames", "clip.avi", "--quick", "--duration", "50", "--fps", "20"],
        "predict": ["mean.onnx", "--images", "list.json", "--out", "said.csv"],
        "probe": [],
    }
    return [command, *lasting[command]]


@pytest.fixture
def start(site: Path) -> Iterator[Start]:
    started: list[subprocess.Popen[str]] = []

    def begin(*command: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "readiness_agent", *command],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd=site,
            env=os.environ | {"TMPDIR": str(site / "temporary")},
        )  # fmt: skip
        started.append(process)
        return process

    yield begin
    for one in started:
        if one.poll() is None:
            one.kill()
        one.communicate(timeout=10)


def spilt(site: Path, within: str = "") -> list[Path]:
    """Folders of temporary frames (an engine may keep files of its own beside them)."""
    return list((site / "temporary").glob(f"readiness-frames-*{within}"))


def busy_worker(process: subprocess.Popen[str], command: str, site: Path) -> psutil.Process:
    """Wait until a worker is at work: on the video's frames, on the images, or just started."""

    def at_work() -> list[psutil.Process]:
        ready = command != "bench" or spilt(site, "/000003.bmp")
        return psutil.Process(process.pid).children() if ready else []

    wait_until(at_work, "a worker")
    return at_work()[0]


def gone(worker: psutil.Process) -> bool:
    try:
        return worker.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@pytest.mark.parametrize("command", ["bench", "predict", "probe"])
def test_a_terminated_command_cleans_up_and_says_so(site: Path, start: Start, command: str) -> None:
    process = start(*words(site, command))
    worker = busy_worker(process, command, site)
    process.send_signal(signal.SIGTERM)
    said = process.communicate(timeout=10)[1]
    assert process.returncode == 143
    assert said == f"readiness-agent {command}: terminated\n"
    wait_until(lambda: gone(worker), "the worker is gone", 5)
    assert not spilt(site)


@pytest.mark.skipif(sys.platform != "linux", reason="PR_SET_PDEATHSIG is Linux's")
def test_a_killed_command_takes_its_worker_along_and_the_next_sweeps_up(
    site: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(site / "temporary"))
    with spill_folder() as held:
        Path(held, "kept.bmp").touch()
        killed = start(*words(site, "bench"))
        worker = busy_worker(killed, "bench", site)
        killed.kill()
        wait_until(lambda: gone(worker), "the worker dies with its parent", 5)
        assert len(spilt(site)) == 2
        following = start("bench", "mean.onnx", "--frames", "clip.avi", "--quick")
        assert following.wait(60) == 0
        assert spilt(site) == [Path(held)]


def test_a_second_benchmark_on_the_device_is_refused(site: Path, start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(site / "temporary"))
    with sole_benchmark():
        second = start("bench", "mean.onnx", "--frames", "clip.avi", "--quick")
        said = second.communicate(timeout=30)[1]
    assert second.returncode == 4
    assert "another benchmark" in said
    assert f"(process {os.getpid()}) runs on this device" in said
    assert said.count("\n") == 1
    assert not spilt(site)


@pytest.mark.skipif(sys.platform != "linux", reason="PR_SET_PDEATHSIG is Linux's")
def test_a_worker_whose_parent_is_gone_already_ends() -> None:
    command = [sys.executable, "-m", "readiness_agent.worker", str(os.getppid())]
    done = subprocess.run(command, input=b'{"type": "providers"}', capture_output=True, timeout=30, check=False)
    assert (done.returncode, done.stdout) == (1, b"")
