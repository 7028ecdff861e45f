"""One repetition of a benchmark, inside its own process: load, warm up until steady, then time run after run."""

import gc
import importlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from readiness.evidence.benchmark import Confidence
from readiness_agent.inference.session import Inference
from readiness_agent.runtimes import Unrunnable, format_of
from readiness_agent.sysroot import Tree
from readiness_agent.worker import memory
from readiness_agent.worker.between import Between, Gauges, Report
from readiness_agent.worker.jobs import Measure, Measured, PacedLoop, SustainedLoop
from readiness_agent.worker.loop import Closed, closed_loop, warm_up
from readiness_agent.worker.pacing import paced_loop
from readiness_agent.worker.predictor import load
from readiness_agent.worker.runs import STAGES, Runs, Samples
from readiness_agent.worker.sustaining import sustained_loop
from readiness_agent.worker.waiting import Waiting


class _Timed(NamedTuple):
    """What the loops gave, and what disturbed the first of them."""

    closed: Closed
    paced: PacedLoop | None
    sustained: SustainedLoop | None
    run_delay_s: float | None
    machine_stall_s: float | None
    switches: int


def measure(job: Measure, report: Report, stopped: Callable[[], bool]) -> Measured:
    """Do one repetition; once `stopped`, end after the run in hand and give what was timed till then.

    Raises Unrunnable for a model that cannot be run, for an endpoint that answers nothing, and when stopped before a
    run was timed.
    """
    importlib.import_module(f"readiness_agent.runtimes.{format_of(job.load.path, job.load.runtime)}")
    frames = [Path(file) for file in job.frames]
    bare = memory.uss_mib()
    memory.reset_peak()
    between = Between(Gauges(Tree()), report, stopped)
    begun = time.perf_counter_ns()
    inference, _ = load(job.load)
    loaded = time.perf_counter_ns()
    runs = Runs(inference, frames)
    first = runs.first(stopped)
    warm_up_runs, steady = warm_up(job, runs, between)
    runs.forget()
    retries = _retries(inference)
    with _no_collection():
        timed = _timed(job, runs, between)
    footprint = memory.footprint(bare, between.headroom_mib)
    return Measured(
        stages_ns={name: list(ns) for name, ns in zip(STAGES, timed.closed.samples.stages, strict=True)},
        end_to_end_ns=list(timed.closed.samples.end_to_end),
        cold_start_ms=(loaded - begun + first[-1] - first[0]) / 1e6,
        first_inference_ms=(first[4] - first[3]) / 1e6,
        wall_s=timed.closed.wall_s,
        busy_s=sum(timed.closed.samples.end_to_end) / 1e9,
        run_delay_s=timed.run_delay_s,
        involuntary_switches=timed.switches,
        machine_stall_s=timed.machine_stall_s,
        warm_up_runs=warm_up_runs,
        steady=steady,
        memory=footprint,
        confidence=None if stopped() else _confidence(job, inference, frames),
        blocks=timed.closed.blocks,
        paced=timed.paced,
        sustained=timed.sustained,
        interrupted=stopped(),
        failed=runs.failed,
        calls=runs.calls,
        retries=_retries(inference) - retries,
    )


def _timed(job: Measure, runs: Runs, between: Between) -> _Timed:
    """Run the closed loop and the paced one after it, or the sustained one alone."""
    paced = sustained = None
    closed = Closed(Samples(), (), 0.0)
    waiting = Waiting(Tree())
    if job.sustained_s:
        sustained = sustained_loop(job, runs, between)
        closed = Closed(Samples(), (), sustained.seconds)
    else:
        between.later_s = 0.0 if job.fps is None else job.paced_s
        closed = closed_loop(job, runs, between)
    run_delay_s, stall_s, switches = waiting.run_delay_s(), waiting.machine_stall_s(), waiting.involuntary_switches()
    if not closed.samples.end_to_end and (sustained is None or not sustained.end_to_end_ns):
        raise Unrunnable(f"{job.load.path}: {_nothing(runs, between)}")
    if job.fps is not None and sustained is None and not between.stopped():
        between.later_s = 0.0
        paced = paced_loop(job, job.fps, runs, between)
    return _Timed(closed, paced, sustained, run_delay_s, stall_s, switches)


def _confidence(job: Measure, inference: Inference, frames: list[Path]) -> Confidence | None:
    """Answer the frames once more where that is asked for."""
    if not job.tally and job.answers is None:
        return None
    from readiness_agent.worker.tally import tally  # it brings scipy, which is no part of the model's memory

    return tally(inference, frames, None if job.answers is None else Path(job.answers))


def _nothing(runs: Runs, between: Between) -> str:
    if between.stopped():
        return "ended before a run was timed"
    kinds = ", ".join(f"{kind} {count}" for kind, count in runs.failed.items())
    return f"no call was answered in the time for timing ({kinds}); see that the endpoint stays up and run again"


@contextmanager
def _no_collection() -> Iterator[None]:
    """Let garbage collection rest, and never look at what is there already."""
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()


def _retries(inference: Inference) -> int:
    """Count the calls that were tried again; only an endpoint has any."""
    return int(getattr(inference.runtime, "retries", 0))
