"""The worker process: one job in on stdin, one answer out on stdout, so that a native crash ends nothing else."""

import importlib.util
import os
import sys
from collections.abc import Callable
from typing import BinaryIO

import msgspec

from readiness_agent.frames import NoFrames
from readiness_agent.runtimes import CallFailed, Unrunnable
from readiness_agent.worker import jobs
from readiness_agent.worker.jobs import Reply
from readiness_agent.worker.lifeline import asked_to_end, die_first, die_with

Say = Callable[[Reply], None]
Report = Callable[[int, int], None]


def main() -> None:
    """Do one job; what it cannot do for a known reason is answered, anything else ends the process with a traceback."""
    die_with(int(sys.argv[1]))
    die_first()
    with _private_stdout() as out:

        def say(reply: Reply) -> None:
            out.write(msgspec.json.encode(reply) + b"\n")
            out.flush()

        job = msgspec.json.decode(sys.stdin.buffer.read(), type=jobs.Job)
        try:
            say(do(job, say))
        except (Unrunnable, CallFailed, NoFrames) as error:
            say(jobs.Refused(line=str(error)))
        except OSError as error:
            if error.filename is None:
                raise
            say(jobs.Refused(line=f"{error.filename}: {error.strerror}; check the path and the space left there"))


def do(job: jobs.Job, say: Say) -> Reply:
    """Do one job; engines are imported only by the job that needs them.

    Raises Unrunnable, CallFailed or NoFrames, and OSError for a file that went away or a disk that is full.
    """

    def report(done: int, total: int) -> None:
        say(jobs.Progress(done=done, total=total))

    if isinstance(job, jobs.Providers):
        return _providers()
    if isinstance(job, jobs.Survey | jobs.Capture):
        return _frames(job, report)
    if isinstance(job, jobs.Predict):
        from readiness_agent.worker.predictor import predict

        return predict(job, report)
    if isinstance(job, jobs.Describe):
        from readiness_agent.worker.predictor import describe

        return describe(job)
    if isinstance(job, jobs.Operate):
        from readiness_agent.worker.operate import operate

        return operate(job)
    stopped = asked_to_end()
    from readiness_agent.worker.measure import measure

    return measure(job, report, stopped)


def _frames(job: jobs.Survey | jobs.Capture, report: Report) -> Reply:
    if isinstance(job, jobs.Survey):
        from readiness_agent.worker.survey import survey

        return survey(job)
    from readiness_agent.worker.capture import capture

    return capture(job, report)


def _private_stdout() -> BinaryIO:
    """Keep stdout for the answer: whatever an engine prints goes to stderr."""
    private = os.dup(1)
    os.dup2(2, 1)
    return os.fdopen(private, "wb")


def _providers() -> jobs.ProvidersFound:
    if importlib.util.find_spec("onnxruntime") is None:
        return jobs.ProvidersFound(names=())
    from readiness_agent.runtimes.onnx import providers

    return jobs.ProvidersFound(names=tuple(providers()))


if __name__ == "__main__":
    main()
