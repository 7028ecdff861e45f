"""Runs a model with its runtime's operator profile on, in a worker, and tells what each operator takes."""

from readiness_agent.runtimes import Unrunnable
from readiness_agent.worker.jobs import Operate, Operated


def operate(job: Operate) -> Operated:
    raise Unrunnable(f"{job.load.path}: its operators cannot be profiled yet")
