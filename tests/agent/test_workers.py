"""A worker that crashes, hangs or refuses ends as one line; the process that started it goes on."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import psutil
import pytest
from PIL import Image

import tiny_onnx
from readiness.evidence.model import Card, CardInput, CardOutput
from readiness_agent.worker import calling
from readiness_agent.worker.calling import JobRefused, WorkerFailed, providers, run_job
from readiness_agent.worker.jobs import Describe, Described, Load, Measure, Measured, Predict, Predicted
from readiness_agent.worker.jobs import Image as Picture
from readiness_agent.worker.watchdog import Watchdog

CARD = Card(
    task="classification",
    classes=("red", "green", "blue"),
    input=CardInput(size=(8, 8), scale=1 / 255),
    output=CardOutput(decoder="softmax"),
    confidence=0.3,
)
STAGES = ("capture", "decode", "preprocess", "infer", "postprocess")


@pytest.fixture
def job(tmp_path: Path) -> Measure:
    frame = np.zeros((20, 30, 3), dtype=np.uint8)
    frame[..., 1] = 255
    Image.fromarray(frame).save(tmp_path / "green.png")
    load = Load(path=str(tiny_onnx.averager(tmp_path / "mean.onnx")), card=CARD)
    return Measure(load=load, frames=(str(tmp_path / "green.png"),), runs=30, seconds=0.0, block_s=0.01, warm_up_s=0.2)


def endless(job: Measure) -> Measure:
    return msgspec.structs.replace(job, runs=10**9, seconds=600, most_seconds=600, most_runs=10**9)


def when_timing(strike: Callable[[psutil.Process], None]) -> threading.Thread:
    """Do something to the worker once it has its engine loaded and reads one frame after another."""

    def busy(worker: psutil.Process) -> bool:
        if not any("onnxruntime" in part.path for part in worker.memory_maps()):
            return False
        before = worker.io_counters().read_count
        time.sleep(0.05)
        return worker.io_counters().read_count > before + 50

    def wait() -> None:
        for _ in range(400):
            for child in psutil.Process().children():
                with contextlib.suppress(psutil.NoSuchProcess):
                    if busy(child):
                        time.sleep(0.3)
                        strike(child)
                        return
            time.sleep(0.05)

    striker = threading.Thread(target=wait)
    striker.start()
    return striker


def outcome(job: Measure, with_signal: int, timeout_s: float) -> str:
    striker = when_timing(lambda worker: os.kill(worker.pid, with_signal))
    with pytest.raises(WorkerFailed) as failed:
        run_job(endless(job), Measured, job.load.path, timeout_s)
    striker.join()
    assert not psutil.Process().children()
    return str(failed.value)


@pytest.mark.parametrize("name", ["SIGSEGV", "SIGKILL"])
def test_a_crash_is_one_line(job: Measure, name: str) -> None:
    line = outcome(job, signal.Signals[name], 60)
    assert line.startswith(f"{job.load.path}: the worker process was killed by {name}, ")
    assert ("memory" in line) is (name == "SIGKILL")
    assert "\n" not in line


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (4, 5, "for lack of memory: the kernel counts"),
        (4, 4, "and not by the kernel"),
        (None, None, "perhaps for lack"),
    ],
)
def test_only_what_the_kernel_counts_is_lack_of_memory(
    before: int | None, after: int | None, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calling, "out_of_memory_kills", lambda _: after)
    assert words in calling._killer(before)


def test_a_hang_is_one_line(job: Measure) -> None:
    assert "no answer within 2 s, the worker was stopped" in outcome(job, signal.SIGSTOP, 2)


def test_silence_is_one_line(job: Measure) -> None:
    """It has nothing to say before its first block of a minute ends."""
    begun = time.monotonic()
    with pytest.raises(WorkerFailed, match=r"mean: it said nothing for 1\.5 s, the worker was stopped"):
        run_job(msgspec.structs.replace(endless(job), block_s=60.0), Measured, "mean", 60, None, 1.5)
    assert time.monotonic() - begun < 15
    assert not psutil.Process().children()


def test_who_is_heard_in_time_is_not_silent() -> None:
    with subprocess.Popen(["sleep", "60"]) as process:
        watchdog = Watchdog(process, 60.0, 0.5)
        for _ in range(14):
            time.sleep(0.05)
            watchdog.heard()
        assert process.poll() is None
        assert process.wait(5) == -signal.SIGKILL
        assert watchdog.why == "it said nothing for 0.5 s"


def test_a_worker_tells_how_far_it_is(job: Measure) -> None:
    long = msgspec.structs.replace(job, seconds=1.3, most_runs=10**6)
    told: list[tuple[int, int]] = []
    measured = run_job(long, Measured, "mean", 60, lambda *progress: told.append(progress), 30.0)
    assert measured.wall_s >= 1.3
    assert 1 <= len(told) <= 3
    assert told == sorted(told)
    assert all(0 < done <= total <= 60 for done, total in told)


def test_a_refusal_is_the_workers_line(job: Measure, tmp_path: Path) -> None:
    (tmp_path / "bad.onnx").write_bytes(b"no model")
    with pytest.raises(JobRefused, match=r"bad\.onnx: no ONNX model"):
        run_job(Describe(load=Load(path=str(tmp_path / "bad.onnx"), card=CARD)), Described, "bad", 60)


def test_a_python_error_is_one_line(job: Measure) -> None:
    with pytest.raises(WorkerFailed, match="ended with 1: ZeroDivisionError") as failed:
        run_job(msgspec.structs.replace(job, frames=()), Measured, "mean", 60)
    assert "\n" not in str(failed.value)


def test_frames_that_went_away_or_changed_are_one_line(job: Measure, tmp_path: Path) -> None:
    gone = msgspec.structs.replace(job, frames=("/no/such/frame.png",))
    with pytest.raises(JobRefused, match=r"^/no/such/frame.png: No such file or directory; "):
        run_job(gone, Measured, "mean", 60)
    (tmp_path / "changed.png").write_bytes(b"no image any more")
    changed = msgspec.structs.replace(job, frames=(str(tmp_path / "changed.png"),))
    with pytest.raises(JobRefused, match=r"changed.png: no image format that is known here; it changed"):
        run_job(changed, Measured, "mean", 60)


def test_a_full_disk_is_one_line(job: Measure, tmp_path: Path) -> None:
    (tmp_path / "answers.part").symlink_to("/dev/full")
    with pytest.raises(JobRefused, match=r"/answers: .*No space left on device") as refused:
        run_job(msgspec.structs.replace(job, answers=str(tmp_path / "answers")), Measured, "mean", 60)
    assert "\n" not in str(refused.value)


def test_no_room_for_a_worker_is_one_line(job: Measure, monkeypatch: pytest.MonkeyPatch) -> None:
    def full() -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.TemporaryFile", full)
    with pytest.raises(WorkerFailed, match="mean: no worker could be started: No space left on device; "):
        run_job(job, Measured, "mean", 60)


def test_a_repetition_says_what_it_took(job: Measure, tmp_path: Path) -> None:
    asked = msgspec.structs.replace(job, runs=40, tally=True, answers=str(tmp_path / "answers"))
    measured = run_job(asked, Measured, "mean", 60)
    assert {name: len(samples) for name, samples in measured.stages_ns.items()} == dict.fromkeys(STAGES, 40)
    sums = np.sum([measured.stages_ns[name] for name in STAGES], axis=0)
    assert np.array_equal(sums, measured.end_to_end_ns)
    assert measured.cold_start_ms > 0
    assert measured.wall_s >= measured.busy_s > 0
    assert measured.run_delay_s is not None
    assert sum(block.runs for block in measured.blocks) == 40
    assert not measured.interrupted
    memory = measured.memory
    assert memory.peak_rss
    assert memory.pss
    assert memory.uss
    assert memory.peak_rss >= memory.pss >= memory.uss > 0
    assert memory.headroom
    assert memory.swap is not None
    assert memory.gpu is None
    assert measured.confidence is not None
    assert [(one.name, one.detections) for one in measured.confidence.classes] == [("green", 1)]
    assert measured.confidence.histogram[-1] == 1
    assert (tmp_path / "answers").stat().st_size


def test_a_paced_run_follows_the_closed_one(job: Measure) -> None:
    asked = msgspec.structs.replace(job, fps=50, paced_s=0.6)
    measured = run_job(asked, Measured, "mean", 60)
    assert len(measured.end_to_end_ns) == 30
    assert measured.wall_s < 0.5
    assert measured.paced is not None
    assert 27 <= len(measured.paced.from_due_ns) <= 30
    assert (np.array(measured.paced.from_due_ns) >= np.array(measured.paced.service_ns)).all()


def test_a_worker_stands_apart_and_goes_first(job: Measure) -> None:
    seen: list[tuple[bool, str]] = []

    def look(worker: psutil.Process) -> None:
        own_session = os.getsid(worker.pid) == worker.pid != os.getsid(0)
        seen.append((own_session, Path(f"/proc/{worker.pid}/oom_score_adj").read_text().strip()))
        worker.send_signal(signal.SIGTERM)

    striker = when_timing(look)
    measured = run_job(endless(job), Measured, "mean", 60)
    striker.join()
    assert seen == [(True, "500")]
    assert measured.interrupted
    assert len(measured.end_to_end_ns) > 30


def test_ctrl_c_keeps_what_was_measured(job: Measure) -> None:
    striker = when_timing(lambda _: os.kill(os.getpid(), signal.SIGINT))
    begun = time.monotonic()
    measured = run_job(endless(job), Measured, "mean", 60)
    striker.join()
    assert measured.interrupted
    assert len(measured.end_to_end_ns) == sum(block.runs for block in measured.blocks) > 30
    assert {len(samples) for samples in measured.stages_ns.values()} == {len(measured.end_to_end_ns)}
    assert time.monotonic() - begun < 12
    assert not psutil.Process().children()


def test_ctrl_c_before_a_run_was_timed_is_ctrl_c(job: Measure) -> None:
    striker = when_timing(lambda _: os.kill(os.getpid(), signal.SIGINT))
    never_warm = msgspec.structs.replace(endless(job), block_s=60.0, warm_up_s=60.0)
    with pytest.raises(KeyboardInterrupt):
        run_job(never_warm, Measured, "mean", 60)
    striker.join()
    assert not psutil.Process().children()


def test_a_second_ctrl_c_ends_at_once(job: Measure) -> None:
    def twice(worker: psutil.Process) -> None:
        worker.suspend()
        for _ in range(2):
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.25)

    striker = when_timing(twice)
    begun = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        run_job(endless(job), Measured, "mean", 60)
    assert time.monotonic() - begun < 8
    striker.join()
    assert not psutil.Process().children()


def test_ctrl_c_ends_another_job(job: Measure, tmp_path: Path) -> None:
    images = tuple(Picture(id=number, file=job.frames[0]) for number in range(300_000))
    striker = when_timing(lambda _: os.kill(os.getpid(), signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        run_job(Predict(load=job.load, images=images, out=str(tmp_path / "out.csv")), Predicted, "mean", 60)
    striker.join()
    assert not psutil.Process().children()


# Takes so many MiB, runs the job in its worker, and prints the memory that the worker reports.
PARENT = """
import sys
from pathlib import Path
import msgspec
from readiness_agent.worker.calling import run_job
from readiness_agent.worker.jobs import Measure, Measured
if __name__ == "__main__":
    held = bytearray(int(sys.argv[1]) << 20)
    held[::4096] = b"x" * len(held[::4096])
    job = msgspec.json.decode(Path(sys.argv[2]).read_bytes(), type=Measure)
    print(msgspec.json.encode(run_job(job, Measured, "mean", 60).memory).decode())
"""


def test_the_parents_size_is_not_the_workers(job: Measure, tmp_path: Path) -> None:
    (tmp_path / "job.json").write_bytes(msgspec.json.encode(job))

    def reported(mib: int) -> np.ndarray:
        command = [sys.executable, "-c", PARENT, str(mib), str(tmp_path / "job.json")]
        said = msgspec.json.decode(subprocess.run(command, capture_output=True, check=True).stdout)
        return np.array([said[name] for name in ("peak_rss", "pss", "uss", "model_delta")])

    pairs = [(reported(600), reported(1)) for _ in range(2)]
    shifts = np.mean([large - small for large, small in pairs], axis=0)
    print(f"\nshift by a parent of 600 MB, MiB of peak RSS, PSS, USS and model: {shifts.round(2)}")
    assert np.abs(shifts).max() < 2


def test_providers_are_asked_elsewhere() -> None:
    found = providers()
    assert "CPUExecutionProvider" in found
    assert "AzureExecutionProvider" not in found
