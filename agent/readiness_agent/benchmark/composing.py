"""Composes what the processes of a candidate measured into its benchmark record, and the course of it for pictures."""

from collections.abc import Callable, Sequence
from datetime import datetime, timezone
from importlib import metadata
from statistics import median

import msgspec
import numpy as np

from readiness.evidence.benchmark import Benchmark, Calls, Memory, Sustained
from readiness.evidence.device import Device
from readiness.measures import intervals
from readiness.profile import Profile
from readiness_agent.benchmark import validity
from readiness_agent.benchmark.bounding import latency, peak_upper, throughput
from readiness_agent.benchmark.conditions import conditions
from readiness_agent.benchmark.course import Course, Plan
from readiness_agent.benchmark.paced import paced
from readiness_agent.benchmark.sustained import sustained
from readiness_agent.benchmark.trace import Trace, trace
from readiness_agent.worker.jobs import Footprint, Measured, Surveyed

DISTRIBUTION = "model-readiness-advisor"


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """One candidate's record, which is evidence, and its course, which is for pictures only."""

    benchmark: Benchmark
    trace: Trace


def compose(
    course: Course, frames: Surveyed, plan: Plan, device: Device, profile: Profile | None, *, interrupted: bool
) -> Result | str:
    """Sum up a candidate; gives a line instead where its worker failed or nothing was measured."""
    name = course.candidate.described.model.name
    measured = [one.measured for one in course.repetitions]
    if course.failed:
        return course.failed
    if not any(one.end_to_end_ns for one in measured):
        return _nothing(name, course, interrupted=interrupted)
    record = _record(course, measured, frames, plan, device)
    class_, because = validity.judge(course, frames, record.end_to_end_ms, profile, interrupted=interrupted)
    record = msgspec.structs.replace(record, validity=class_, validity_because=because)
    return Result(benchmark=record, trace=trace(course.repetitions))


def _nothing(name: str, course: Course, *, interrupted: bool) -> str:
    failed = _kinds([one.measured for one in course.every])
    if failed:
        named = ", ".join(f"{kind} {count} times" for kind, count in failed.items())
        return f"{name}: no call was answered ({named}); see whether the endpoint runs and takes this input"
    if interrupted:
        return f"{name}: interrupted before its first run; nothing was measured"
    return f"{name}: its workers ended without a single run; give it more time or a smaller input"


def _record(course: Course, measured: Sequence[Measured], frames: Surveyed, plan: Plan, device: Device) -> Benchmark:
    """Give the record as it stands before its validity is judged."""
    described, load = course.candidate.described, course.candidate.load
    model, away = described.model, described.model.format == "http"
    runs = [len(one.end_to_end_ns) for one in measured]
    rate, rate_bounds = throughput(runs, [one.busy_s for one in measured])
    return Benchmark(
        model=model.digest,
        card=model.card.reading(),
        model_name=model.name,
        device=device,
        frames=frames.digest,
        frames_count=len(frames.files),
        runtime=model.format,
        runtime_version=described.runtime_version,
        provider=described.provider,
        threads=load.threads,
        protocol=plan.protocol,
        processes=len(measured),
        runs=sum(runs),
        observed_at=datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        validity="insufficient",
        latency_ms=latency([one.stages_ns.get("infer", []) for one in measured]),
        end_to_end_ms=latency([one.end_to_end_ns for one in measured]),
        stages_ms=_stages(measured),
        cold_start_ms=round(median(one.cold_start_ms for one in measured), 3),
        throughput_fps=None if rate is None else round(rate, 3),
        throughput_bounds_fps=rate_bounds,
        memory_mib=Memory() if away else _memory(measured),
        confidence=next((one.confidence for one in measured if one.confidence is not None), None),
        paced=paced([one.paced for one in measured if one.paced is not None]),
        sustained=_sustained(course),
        placement=described.placement,
        calls=_calls([one.measured for one in course.every]) if away else None,
        source=frames.source,
        conditions=conditions(course, frames, plan),
        tool_version=metadata.version(DISTRIBUTION),
    )


def _sustained(course: Course) -> Sustained | None:
    long = None if course.sustained is None else course.sustained.measured.sustained
    return None if long is None else sustained(long)


def _stages(measured: Sequence[Measured]) -> dict[str, float]:
    """Give each stage's median over all runs, in ms."""
    names = measured[0].stages_ns
    pooled = {name: [sample for one in measured for sample in one.stages_ns.get(name, ())] for name in names}
    return {name: round(median(samples) / 1e6, 4) for name, samples in pooled.items() if samples}


def _memory(measured: Sequence[Measured]) -> Memory:
    """Take the worst process of each figure; the model's own share is the median."""
    every = [one.memory for one in measured]
    parts = {name: [getattr(one, name) for one in every] for name in Footprint.__struct_fields__}
    known = {name: [value for value in values if value is not None] for name, values in parts.items()}
    choose: dict[str, Callable[[list[float]], float]] = {"headroom": min, "model_delta": median}
    worst = {name: round(choose.get(name, max)(known[name]), 2) for name in known if known[name]}
    return Memory(**worst, peak_rss_upper=peak_upper(known["peak_rss"]))


def _calls(measured: Sequence[Measured]) -> Calls:
    """Count the calls of all loops and those that failed for good; they fail in bursts: a half second is a cluster."""
    made, failed = np.array([counts for one in measured for counts in one.calls], dtype=np.float64).reshape(-1, 2).T
    return Calls(
        failed=intervals.rate(failed, made),
        kinds=_kinds(measured),
        retries=sum(one.retries for one in measured),
    )


def _kinds(measured: Sequence[Measured]) -> dict[str, int]:
    kinds = sorted({kind for one in measured for kind in one.failed})
    return {kind: sum(one.failed.get(kind, 0) for one in measured) for kind in kinds}
