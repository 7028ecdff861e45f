"""The worker process: one job in on stdin, one answer out on stdout, so that a native crash ends nothing else."""

import importlib.util
import os
import sys
from collections.abc import Callable
from typing import BinaryIO

import msgspec

from readiness_agent.frames import NoFrames
from readiness_agent.runtimes import Unrunnable
from readiness_agent.worker import jobs
from readiness_agent.worker.jobs import Reply
from readiness_agent.worker.lifeline import die_with

Say = Callable[[Reply], None]


def main() -> None:
    """Do one job; what it cannot do for a known reason is answered, anything else ends the process with a traceback."""
    die_with(int(sys.argv[1]))
    with _private_stdout() as out:

        def say(reply: Reply) -> None:
            out.write(msgspec.json.encode(reply) + b"\n")
            out.flush()

        job = msgspec.json.decode(sys.stdin.buffer.read(), type=jobs.Job)
        try:
            say(do(job, say))
        except (Unrunnable, NoFrames) as error:
            say(jobs.Refused(line=str(error)))


def do(job: jobs.Job, say: Say) -> Reply:
    """Do one job; engines are imported only by the job that needs them. Raises Unrunnable or NoFrames."""
    if isinstance(job, jobs.Providers):
        return _providers()
    if isinstance(job, jobs.Survey):
        from readiness_agent.worker.survey import survey

        return survey(job)
    if isinstance(job, jobs.Predict):
        from readiness_agent.worker.predictor import predict

        return predict(job, lambda done, total: say(jobs.Progress(done=done, total=total)))
    if isinstance(job, jobs.Describe):
        from readiness_agent.worker.predictor import describe

        return describe(job)
    from readiness_agent.worker.measure import measure

    return measure(job)


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
