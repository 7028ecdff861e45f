"""Benchmarks candidates on this device: fresh worker processes, interleaved, composed into one record each."""

from collections.abc import Callable, Sequence
from datetime import datetime, timezone
from importlib import metadata
from statistics import median
from typing import Literal

import msgspec

from readiness.evidence.benchmark import Benchmark, Memory
from readiness.evidence.device import Device, Sensed
from readiness_agent.benchmark import validity
from readiness_agent.benchmark.bounding import latency, peak_upper, throughput
from readiness_agent.sensors import sense_all
from readiness_agent.worker.calling import JobRefused, WorkerFailed, run_job
from readiness_agent.worker.jobs import Described, Footprint, Load, Measure, Measured, Surveyed

Report = Callable[[int, int], None]
DISTRIBUTION = "model-readiness-advisor"

_SLACK_S = 240.0


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """How much is run: `processes` repetitions, each until `runs` and `seconds` are both reached."""

    protocol: Literal["quick", "standard", "full"]
    processes: int
    runs: int
    seconds: float
    block_s: float = 0.5
    warm_up_s: float = 10.0
    fps: float | None = None


PLANS = {
    "quick": Plan(protocol="quick", processes=3, runs=100, seconds=0.0, block_s=0.2, warm_up_s=4.0),
    "standard": Plan(protocol="standard", processes=5, runs=300, seconds=20.0),
    "full": Plan(protocol="full", processes=10, runs=300, seconds=20.0),
}


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A model that was loaded once and found fit to run."""

    load: Load
    described: Described


class Repetition(msgspec.Struct, frozen=True, kw_only=True):
    """One worker's measurements, between what the sensors said before and after."""

    measured: Measured
    before: tuple[Sensed, ...]
    after: tuple[Sensed, ...]


def benchmark(
    candidates: Sequence[Candidate], frames: Surveyed, plan: Plan, device: Device, report: Report | None = None
) -> list[Benchmark | str]:
    """Measure the candidates in turn, repetition by repetition (A B C A B C …), so that drift meets all alike.

    Gives for each a record, or the line that says why its worker failed; the others are measured all the same.
    """
    done: list[list[Repetition]] = [[] for _ in candidates]
    failed: dict[int, str] = {}
    total = plan.processes * len(candidates)
    for number in range(total):
        turn, index = divmod(number, len(candidates))
        if report is not None:
            report(number, total)
        if index in failed:
            continue
        try:
            done[index].append(_repetition(candidates[index], frames, plan, first=turn == 0))
        except (WorkerFailed, JobRefused) as error:
            failed[index] = str(error)
    return [
        failed.get(index) or _compose(candidate, done[index], frames, plan, device)
        for index, candidate in enumerate(candidates)
    ]


def _repetition(candidate: Candidate, frames: Surveyed, plan: Plan, *, first: bool) -> Repetition:
    job = Measure(
        load=candidate.load,
        frames=frames.files,
        runs=plan.runs,
        seconds=plan.seconds,
        block_s=plan.block_s,
        warm_up_s=plan.warm_up_s,
        fps=plan.fps,
        tally=first,
    )
    before = sense_all()
    measured = run_job(job, Measured, candidate.load.path, job.most_seconds + job.warm_up_s + _SLACK_S)
    return Repetition(measured=measured, before=before, after=sense_all())


def _compose(
    candidate: Candidate, repetitions: Sequence[Repetition], frames: Surveyed, plan: Plan, device: Device
) -> Benchmark:
    measured = [one.measured for one in repetitions]
    infer = latency([one.stages_ns["infer"] for one in measured])
    whole = latency([one.end_to_end_ns for one in measured])
    sensed = [(one.before, one.after) for one in repetitions]
    class_, because = validity.judge(measured, sensed, whole, candidate.described.fell_back)
    runs = sum(len(one.end_to_end_ns) for one in measured)
    rate, rate_bounds = throughput(
        [len(one.end_to_end_ns) for one in measured], [_worked(one, plan) for one in measured]
    )
    model = candidate.described.model
    return Benchmark(
        model=model.digest,
        card=model.card.reading(),
        model_name=model.name,
        device=device,
        frames=frames.digest,
        frames_count=len(frames.files),
        runtime=model.format,
        runtime_version=candidate.described.runtime_version,
        provider=candidate.described.provider,
        threads=candidate.load.threads,
        protocol=plan.protocol,
        processes=len(measured),
        runs=runs,
        observed_at=datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        validity=class_,
        validity_because=because,
        latency_ms=infer,
        end_to_end_ms=whole,
        stages_ms=_stages(measured),
        cold_start_ms=round(median(one.cold_start_ms for one in measured), 3),
        throughput_fps=None if rate is None else round(rate, 3),
        throughput_bounds_fps=rate_bounds,
        memory_mib=_memory(measured),
        confidence=measured[0].confidence,
        conditions=_conditions(repetitions, frames, plan),
        tool_version=metadata.version(DISTRIBUTION),
    )


def _worked(measured: Measured, plan: Plan) -> float:
    """Give the seconds that the frames took: a paced loop also waits for the next, which is no limit of the model."""
    return measured.wall_s if plan.fps is None else measured.busy_s


def _stages(measured: Sequence[Measured]) -> dict[str, float]:
    """Give each stage's median over all runs, in ms."""
    names = measured[0].stages_ns
    pooled = {name: [sample for one in measured for sample in one.stages_ns[name]] for name in names}
    return {name: round(median(samples) / 1e6, 4) for name, samples in pooled.items() if samples}


def _memory(measured: Sequence[Measured]) -> Memory:
    """Take the worst process of each figure; the model's own share is the median."""
    every = [one.memory for one in measured]
    parts = {name: [getattr(one, name) for one in every] for name in Footprint.__struct_fields__}
    known = {name: [value for value in values if value is not None] for name, values in parts.items()}
    choose: dict[str, Callable[[list[float]], float]] = {"headroom": min, "model_delta": median}
    worst = {name: round(choose.get(name, max)(known[name]), 2) for name in known if known[name]}
    return Memory(**worst, peak_rss_upper=peak_upper(known["peak_rss"]))


def _conditions(
    repetitions: Sequence[Repetition], frames: Surveyed, plan: Plan
) -> dict[str, str | int | float | bool | None]:
    """Record what the numbers hold for: the machine's state around the runs, and how they were made."""
    measured = [one.measured for one in repetitions]
    first, last = repetitions[0].before, repetitions[-1].after
    share = validity.delay_share(measured)
    stalls = [validity.readings(one.after, "pressure").get("cpu_stall_percent") for one in repetitions]
    known = [stall for stall in stalls if stall is not None]
    throttling = validity.readings(first, "throttling")
    return {
        "fps_asked": plan.fps,
        "warm_up_runs": sum(one.warm_up_runs for one in measured),
        "first_inference_ms": round(median(one.first_inference_ms for one in measured), 3),
        "run_delay_share": None if share is None else round(share, 5),
        "involuntary_switches": sum(one.involuntary_switches for one in measured),
        "cpu_stall_percent": max(known) if known else None,
        "load_1m_before": validity.readings(first, "pressure").get("load_1m"),
        "temperature_before_c": validity.readings(first, "thermal").get("max_c"),
        "temperature_after_c": validity.readings(last, "thermal").get("max_c"),
        "throttling_watched": any(name.endswith("_events") for name in throttling),
        "virtual_machine": validity.readings(first, "board").get("virtual"),
        "governor": validity.readings(first, "cpu").get("governor"),
        "frames_skipped": frames.skipped.total,
        "frames_repeated": frames.repeated.total,
    }
