"""Runs a job in a fresh worker process, and turns its crash or its hanging into one line."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from typing import IO, TypeVar

import msgspec

from readiness_agent.output import printable
from readiness_agent.worker.jobs import Job, Progress, Providers, ProvidersFound, Refused, Reply

T = TypeVar("T")
Report = Callable[[int, int], None]

_COMMAND = (sys.executable, "-m", "readiness_agent.worker")
_READER: msgspec.json.Decoder[Reply] = msgspec.json.Decoder(Reply)


class WorkerFailed(RuntimeError):
    """A worker gave no answer: one line that says which job, how it ended, and what to do."""


class JobRefused(ValueError):
    """A worker cannot do its job with this input: the line that it gave."""


def run_job(job: Job, answer: type[T], what: str, timeout_s: float, report: Report | None = None) -> T:
    """Do one job in a process of its own; `what` names it in an error, `report` is told done and total.

    Raises JobRefused when the input is at fault, WorkerFailed when the process dies or takes more than `timeout_s`.
    """
    try:
        asked = msgspec.json.encode(job)
    except UnicodeEncodeError:
        raise JobRefused(f"{printable(what)}: its name is not UTF-8; rename it") from None
    with tempfile.TemporaryFile() as errors, _start(errors) as process:
        late = threading.Event()
        watchdog = threading.Timer(timeout_s, _stop, (process, late))
        watchdog.daemon = True
        try:
            watchdog.start()
            reply = _converse(process, asked, report)
            code = process.wait()
        except BaseException:
            process.kill()
            raise
        finally:
            watchdog.cancel()
        if isinstance(reply, Refused):
            raise JobRefused(reply.line)
        if isinstance(reply, answer):
            return reply
        raise WorkerFailed(f"{what}: {_end(code, timeout_s if late.is_set() else None, errors)}")


def _stop(process: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    process.kill()


def providers() -> tuple[str, ...]:
    """Ask which providers onnxruntime has, without importing it here; none when it cannot say."""
    try:
        return run_job(Providers(), ProvidersFound, "onnxruntime", 60.0).names
    except (WorkerFailed, JobRefused):
        return ()


def _start(errors: IO[bytes]) -> subprocess.Popen[bytes]:
    command = (*_COMMAND, str(os.getpid()))
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors)


def _converse(process: subprocess.Popen[bytes], asked: bytes, report: Report | None) -> Reply | None:
    """Hand the job over and read until the answer; None when the worker ends without one."""
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(asked)
        process.stdin.close()
    except BrokenPipeError:
        return None
    for line in process.stdout:
        try:
            reply = _READER.decode(line)
        except msgspec.DecodeError:
            return None
        if not isinstance(reply, Progress):
            return reply
        if report is not None:
            report(reply.done, reply.total)
    return None


def _end(code: int, late_after_s: float | None, errors: IO[bytes]) -> str:
    """Say how a worker ended without an answer, and what to do."""
    if late_after_s is not None:
        return f"no answer within {late_after_s:.0f} s, the worker was stopped; try a smaller input or another runtime"
    if code < 0:
        name = signal.Signals(-code).name
        hint = "perhaps for lack of memory" if -code == signal.SIGKILL else "the runtime crashed on this model"
        return f"the worker process was killed by {name}, {hint}; try another runtime or export the model again"
    errors.seek(0)
    lines = errors.read().decode("utf-8", "replace").strip().splitlines()
    return f"the worker process ended with {code}: {lines[-1] if lines else 'it said nothing'}"
