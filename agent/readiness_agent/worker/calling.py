"""Runs a job in a fresh worker process, and turns its crash or its hanging into one line."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import IO, NamedTuple, TypeVar, cast

import msgspec

from readiness_agent.output import printable
from readiness_agent.sysroot import Tree
from readiness_agent.worker.cgroup_memory import out_of_memory_kills
from readiness_agent.worker.jobs import Job, Measure, Measured, Progress, Providers, ProvidersFound, Refused, Reply
from readiness_agent.worker.lines import Lines
from readiness_agent.worker.watchdog import Watchdog

T = TypeVar("T")
Report = Callable[[int, int], None]

_COMMAND = (sys.executable, "-m", "readiness_agent.worker")
_READER: msgspec.json.Decoder[Reply] = msgspec.json.Decoder(Reply)
_EARLY_S = 5.0


class WorkerFailed(RuntimeError):
    """A worker gave no answer: one line that says which job, how it ended, and what to do."""


class JobRefused(ValueError):
    """A worker cannot do its job with this input: the line that it gave."""


class _Worker(NamedTuple):
    """A started worker: its process, what it says line by line, its stderr, and who stops it."""

    process: subprocess.Popen[bytes]
    lines: Lines
    errors: IO[bytes]
    watchdog: Watchdog
    kills: int | None


def run_job(
    job: Job, answer: type[T], what: str, timeout_s: float, report: Report | None = None, silent_s: float | None = None
) -> T:
    """Do one job in a process of its own; `what` names it in an error, `report` is told done and total.

    Of a Measure both are tenths of a second, told between blocks at most once a second.

    On Ctrl-C a Measure is asked to end early: what it measured till then is returned with `interrupted` true, and the
    caller should ask for nothing more. Where it gives none within 5 s, on a second Ctrl-C, and for every other job
    KeyboardInterrupt is raised again and the worker is gone.

    Raises JobRefused when the input is at fault, WorkerFailed when the process dies, takes more than `timeout_s`, or
    says nothing for `silent_s`.
    """
    try:
        asked = msgspec.json.encode(job)
    except UnicodeEncodeError:
        raise JobRefused(f"{printable(what)}: its name is not UTF-8; rename it") from None
    with _started(what, timeout_s, silent_s) as worker:
        reply: Reply | None = None
        try:
            reply = _converse(worker, asked, report)
            code = _ended(worker, reply)
        except KeyboardInterrupt:
            early = reply or (_end_early(worker) if isinstance(job, Measure) else None)
            if not isinstance(early, Measured):
                raise
            return cast("T", msgspec.structs.replace(early, interrupted=True))
        if isinstance(reply, Refused):
            raise JobRefused(reply.line)
        if isinstance(reply, answer):
            return reply
        raise WorkerFailed(f"{what}: {_end(code, worker)}")


def providers() -> tuple[str, ...]:
    """Ask which providers onnxruntime has, without importing it here; none when it cannot say."""
    try:
        return run_job(Providers(), ProvidersFound, "onnxruntime", 60.0).names
    except (WorkerFailed, JobRefused):
        return ()


@contextmanager
def _started(what: str, timeout_s: float, silent_s: float | None) -> Iterator[_Worker]:
    """Start a worker in a session of its own, which Ctrl-C in the terminal does not reach; none is left behind."""
    kills = out_of_memory_kills(Tree())
    with ExitStack() as opened:
        try:
            errors = opened.enter_context(tempfile.TemporaryFile())
            process = opened.enter_context(_process(errors))
        except OSError as error:
            why = f"no worker could be started: {error.strerror}; make room (disk, memory, processes) and try again"
            raise WorkerFailed(f"{what}: {why}") from None
        opened.callback(process.kill)
        watchdog = Watchdog(process, timeout_s, silent_s)
        opened.callback(watchdog.release)
        assert process.stdout is not None
        yield _Worker(process, Lines(process.stdout.fileno()), errors, watchdog, kills)


def _process(errors: IO[bytes]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        (*_COMMAND, str(os.getpid())),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        start_new_session=True,
    )


def _converse(worker: _Worker, asked: bytes, report: Report | None) -> Reply | None:
    """Hand the job over and read until the answer; None when the worker ends without one."""
    assert worker.process.stdin is not None
    try:
        worker.process.stdin.write(asked)
        worker.process.stdin.close()
    except BrokenPipeError:
        return None
    return _answer(worker, report)


def _answer(worker: _Worker, report: Report | None) -> Reply | None:
    while (line := worker.lines.next()) is not None:
        worker.watchdog.heard()
        try:
            reply = _READER.decode(line)
        except msgspec.DecodeError:
            return None
        if not isinstance(reply, Progress):
            return reply
        if report is not None:
            report(reply.done, reply.total)
    return None


def _end_early(worker: _Worker) -> Reply | None:
    """Ask a worker for what it has by now."""
    worker.watchdog.shorten(_EARLY_S)
    worker.process.send_signal(signal.SIGINT)
    return _answer(worker, None)


def _ended(worker: _Worker, reply: Reply | None) -> int:
    """Wait for the process to end; one that has answered and then hangs is not waited for."""
    if reply is not None:
        worker.watchdog.shorten(_EARLY_S)
    return worker.process.wait()


def _end(code: int, worker: _Worker) -> str:
    """Say how a worker ended without an answer, and what to do."""
    if worker.watchdog.why:
        return f"{worker.watchdog.why}, the worker was stopped; try a smaller input or another runtime"
    if code == -signal.SIGKILL:
        return f"the worker process was killed by SIGKILL, {_killer(worker.kills)}"
    if code < 0:
        why = "the runtime crashed on this model; try another runtime or export the model again"
        return f"the worker process was killed by {signal.Signals(-code).name}, {why}"
    worker.errors.seek(0)
    lines = worker.errors.read().decode("utf-8", "replace").strip().splitlines()
    return f"the worker process ended with {code}: {lines[-1] if lines else 'it said nothing'}"


def _killer(kills_before: int | None) -> str:
    """Say whether the kernel killed for lack of memory meanwhile, as far as it counts that."""
    kills = out_of_memory_kills(Tree())
    if kills is None or kills_before is None:
        return "perhaps for lack of memory; end what else runs, or try a smaller model"
    if kills > kills_before:
        return "for lack of memory: the kernel counts such a kill; end what else runs, or try a smaller model"
    return (
        "and not by the kernel for lack of memory; see what else ends processes here (a watchdog, earlyoom, a person)"
    )
