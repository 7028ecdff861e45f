"""A worker that crashes, hangs or refuses ends as one line; the process that started it goes on."""

import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image

import tiny_onnx
from readiness.evidence.model import Card, CardInput, CardOutput
from readiness_agent.worker.calling import JobRefused, WorkerFailed, providers, run_job
from readiness_agent.worker.jobs import Describe, Described, Load, Measure, Measured

CARD = Card(
    task="classification",
    classes=("red", "green", "blue"),
    input=CardInput(size=(8, 8), scale=1 / 255),
    output=CardOutput(decoder="softmax"),
    confidence=0.3,
)


@pytest.fixture
def job(tmp_path: Path) -> Measure:
    frame = np.zeros((20, 30, 3), dtype=np.uint8)
    frame[..., 1] = 255
    Image.fromarray(frame).save(tmp_path / "green.png")
    load = Load(path=str(tiny_onnx.averager(tmp_path / "mean.onnx")), card=CARD)
    return Measure(load=load, frames=(str(tmp_path / "green.png"),), runs=30, seconds=0.0, block_s=0.01, warm_up_s=1.0)


def endless(job: Measure) -> Measure:
    return Measure(load=job.load, frames=job.frames, runs=10**9, seconds=600, most_seconds=600, most_runs=10**9)


def strike(with_signal: int) -> Callable[[], None]:
    """Send a signal to the worker once it has its engine loaded."""

    def when_busy() -> None:
        for _ in range(400):
            for child in psutil.Process().children():
                if any("onnxruntime" in part.path for part in child.memory_maps()):
                    time.sleep(0.2)
                    os.kill(child.pid, with_signal)
                    return
            time.sleep(0.05)

    return when_busy


def outcome(job: Measure, with_signal: int, timeout_s: float) -> str:
    striker = threading.Thread(target=strike(with_signal))
    striker.start()
    with pytest.raises(WorkerFailed) as failed:
        run_job(endless(job), Measured, job.load.path, timeout_s)
    striker.join()
    assert not psutil.Process().children()
    return str(failed.value)


@pytest.mark.parametrize("name", ["SIGSEGV", "SIGABRT", "SIGKILL"])
def test_a_crash_is_one_line(job: Measure, name: str) -> None:
    line = outcome(job, signal.Signals[name], 60)
    assert line.startswith(f"{job.load.path}: the worker process was killed by {name}, ")
    assert ("memory" in line) is (name == "SIGKILL")
    assert "\n" not in line


def test_a_hang_is_one_line(job: Measure) -> None:
    assert "no answer within 4 s, the worker was stopped" in outcome(job, signal.SIGSTOP, 4)


def test_a_refusal_is_the_workers_line(job: Measure, tmp_path: Path) -> None:
    (tmp_path / "bad.onnx").write_bytes(b"no model")
    with pytest.raises(JobRefused, match=r"bad\.onnx: no ONNX model"):
        run_job(Describe(load=Load(path=str(tmp_path / "bad.onnx"), card=CARD)), Described, "bad", 60)


def test_a_python_error_is_one_line(job: Measure) -> None:
    gone = Measure(load=job.load, frames=("/no/such/frame.png",), runs=1, seconds=0)
    with pytest.raises(WorkerFailed, match="ended with 1: FileNotFoundError") as failed:
        run_job(gone, Measured, "mean", 60)
    assert "\n" not in str(failed.value)


def test_a_repetition_says_what_it_took(job: Measure) -> None:
    measured = run_job(Measure(load=job.load, frames=job.frames, runs=40, seconds=0, tally=True), Measured, "mean", 60)
    assert {name: len(samples) for name, samples in measured.stages_ns.items()} == {
        "decode": 40, "preprocess": 40, "infer": 40, "postprocess": 40,
    }  # fmt: skip
    sums = np.sum([measured.stages_ns[name] for name in measured.stages_ns], axis=0)
    assert np.array_equal(sums, measured.end_to_end_ns)
    assert measured.cold_start_ms > 0
    assert measured.wall_s >= measured.busy_s > 0
    assert measured.run_delay_s is not None
    memory = measured.memory
    assert memory.peak_rss
    assert memory.pss
    assert memory.uss
    assert memory.peak_rss >= memory.pss >= memory.uss > 0
    assert memory.headroom
    assert measured.confidence is not None
    assert [(one.name, one.detections) for one in measured.confidence.classes] == [("green", 1)]
    assert measured.confidence.histogram[-1] == 1


def test_a_paced_run_counts_from_when_the_frame_was_due(job: Measure) -> None:
    paced = Measure(load=job.load, frames=job.frames, runs=20, seconds=0, fps=50, block_s=0.01, warm_up_s=0.5)
    measured = run_job(paced, Measured, "mean", 60)
    assert measured.wall_s >= 19 / 50
    sums = np.sum([measured.stages_ns[name] for name in measured.stages_ns], axis=0)
    assert (np.array(measured.end_to_end_ns) >= sums).all()


def test_providers_are_asked_elsewhere() -> None:
    found = providers()
    assert "CPUExecutionProvider" in found
    assert "AzureExecutionProvider" not in found
