"""The closed loop: run after run without a pause, first until the model is warm, then timed."""

import time
from collections.abc import Callable
from statistics import median
from typing import NamedTuple

from readiness_agent.worker.between import Between
from readiness_agent.worker.jobs import Block, Measure
from readiness_agent.worker.runs import Runs, Samples, Stamps
from readiness_agent.worker.steadiness import steady

_BLOCK_RUNS = 10


class Closed(NamedTuple):
    """The samples, the blocks that they came in, and the seconds in which runs followed one another."""

    samples: Samples
    blocks: tuple[Block, ...]
    wall_s: float


def warm_up(job: Measure, runs: Runs, between: Between) -> tuple[int, bool]:
    """Run blocks until the last five medians agree, at most `warm_up_s`; gives the runs, and whether they agreed."""
    medians: list[float] = []
    done, end_ns = 0, time.perf_counter_ns() + int(job.warm_up_s * 1e9)

    def over(_: int) -> bool:
        return between.stopped() or time.perf_counter_ns() >= end_ns

    while not over(0):
        between.tell((end_ns - time.perf_counter_ns()) / 1e9)
        block = Samples()
        _block(runs, job.block_s, block.add, over)
        between.note_headroom()
        done += len(block.infer)
        if len(block.infer) >= _BLOCK_RUNS:
            medians.append(median(block.infer))
            if steady(medians):
                return done, True
    return done, False


def closed_loop(job: Measure, runs: Runs, between: Between) -> Closed:
    """Time runs until `runs` and `seconds` are both reached, or `most_runs` or `most_seconds`."""
    samples, blocks = Samples(), list[Block]()
    worked_ns, begun_ns = 0, time.perf_counter_ns()

    def over(ns: int) -> bool:
        return between.stopped() or _enough(job, len(samples.end_to_end), (worked_ns + ns) / 1e9)

    while not over(0):
        start_s, before = (time.perf_counter_ns() - begun_ns) / 1e9, len(samples.end_to_end)
        worked_ns += _block(runs, job.block_s, samples.add, over)
        done = len(samples.end_to_end)
        blocks.append(between.block(start_s, done - before))
        between.tell(_left_s(job, done, worked_ns / 1e9))
    return Closed(samples, tuple(blocks), worked_ns / 1e9)


def _block(runs: Runs, least_s: float, keep: Callable[[Stamps], None], over: Callable[[int], bool]) -> int:
    """Run for `least_s` and 10 runs at least, or until `over` so many ns; gives the ns it took."""
    begun_ns = now_ns = time.perf_counter_ns()
    tried, least_ns = 0, int(least_s * 1e9)
    while (tried < _BLOCK_RUNS or now_ns - begun_ns < least_ns) and not over(now_ns - begun_ns):
        stamps = runs.next()
        if stamps is not None:
            keep(stamps)
        tried += 1
        now_ns = time.perf_counter_ns()
    return now_ns - begun_ns


def _enough(job: Measure, done: int, worked_s: float) -> bool:
    enough = done >= job.runs and worked_s >= job.seconds
    return enough or done >= job.most_runs or worked_s >= job.most_seconds


def _left_s(job: Measure, done: int, worked_s: float) -> float:
    """Reckon how long the runs and seconds that are still wanted will take."""
    to_run_s = max(0, job.runs - done) * worked_s / max(1, done)
    return min(max(job.seconds - worked_s, to_run_s), job.most_seconds - worked_s)
