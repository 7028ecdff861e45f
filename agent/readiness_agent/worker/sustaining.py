"""The sustained run: one long loop told in buckets, in which heat, leaks and missed deadlines have time to show."""

import gc
from array import array

from readiness_agent.worker import memory
from readiness_agent.worker.between import Between
from readiness_agent.worker.calibration import calibration_ms
from readiness_agent.worker.jobs import Block, Measure, SustainedLoop
from readiness_agent.worker.pacing import moments
from readiness_agent.worker.runs import Runs

_MIB = 2**20


def sustained_loop(job: Measure, runs: Runs, between: Between) -> SustainedLoop:
    """Run for `sustained_s`, paced where the job has a rate: then each run counts from when its frame was due.

    Cyclic garbage is collected at each bucket's end and nowhere else, so that what grows from bucket to bucket is kept.
    """
    taken, buckets, missed = array("q"), list[Block](), list[int]()
    late, ended_s = 0, 0.0
    period_ns = None if job.fps is None else 1e9 / job.fps

    def border(start_s: float, now_s: float) -> None:
        nonlocal ended_s
        ended_s = now_s
        gc.collect()
        missed.append(late - sum(missed))
        count = len(taken) - sum(bucket.runs for bucket in buckets)
        parts = (_without(taken, mib) for mib in (memory.uss_mib(), memory.anonymous_mib()))
        buckets.append(between.block(start_s, count, *parts))
        between.tell(job.sustained_s - now_s)

    before_ms = calibration_ms()
    for due_ns in moments(job.sustained_s, job.fps, job.bucket_s, border, between.stopped):
        stamps = runs.next()
        if stamps is not None:
            taken.append(stamps[-1] - (stamps[0] if period_ns is None else due_ns))
            late += period_ns is not None and taken[-1] > period_ns
    return SustainedLoop(
        seconds=round(ended_s, 3),
        fps=job.fps,
        end_to_end_ns=list(taken),
        buckets=tuple(buckets),
        missed=tuple(missed) if job.fps is not None else (),
        calibration_ms=(before_ms, calibration_ms()),
    )


def _without(taken: "array[int]", mib: float | None) -> float | None:
    """Take the samples themselves away, whose growth is no leak of the model's."""
    return None if mib is None else mib - len(taken) * taken.itemsize / _MIB
