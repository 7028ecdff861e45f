"""Runs a model with its runtime's operator profile on, in a worker, and tells what each operator takes."""

from itertools import cycle, islice
from pathlib import Path

from readiness.measures.decode import BadImage, Pixels, pixels
from readiness_agent.runtimes import Unrunnable
from readiness_agent.worker.jobs import Operate, Operated, Operator
from readiness_agent.worker.predictor import load

# Frames are kept prepared while the profile runs, and a board has little memory.
_MOST_FRAMES = 8


def operate(job: Operate) -> Operated:
    """Profile the runs over the frames in turn, and give each operator's mean; raises Unrunnable."""
    inference, _ = load(job.load)
    batches = [inference.prepare(_frame(file))[0] for file in job.frames[:_MOST_FRAMES]]
    if not batches:
        raise Unrunnable(f"{job.load.path}: its operators are profiled on frames; there are none")
    profile = inference.runtime.operators(list(islice(cycle(batches), max(1, job.runs))))
    operators = tuple(
        Operator(name=one.name, kind=one.kind, provider=one.provider, mean_ms=one.total_ms / profile.runs)
        for one in profile.operations
    )
    return Operated(operators=operators, runs=profile.runs, run_ms=profile.total_ms / profile.runs)


def _frame(file: str) -> Pixels:
    try:
        return pixels(Path(file).read_bytes())
    except (BadImage, OSError) as error:
        raise Unrunnable(f"{file}: {error}; capture the frames again") from None
