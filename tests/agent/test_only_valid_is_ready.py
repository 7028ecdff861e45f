"""From workers' measurements to the verdict: each validity class is reached, and only a valid benchmark is ready."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from measurements import candidate, course, measured, repetition, sensed, surveyed, times_ns
from readiness.evidence.benchmark import Source, Validity
from readiness.profile import Budget, Profile
from readiness_agent.benchmark.composing import Result, compose
from readiness_agent.benchmark.course import PLANS, Course, Repetition
from readiness_agent.benchmark.judging import Reported, checks, judged
from readiness_agent.worker.jobs import Block, LeftOut, PacedLoop, Surveyed
from specimens import benchmark, device, policy, profile

TARGET = profile(budget=Budget(p95_ms=33.0, memory_mib=256.0), power_modes=("15W",))
ASKED = checks()


def five(**changes: Any) -> list[Repetition]:
    before, after = changes.pop("before", None), changes.pop("after", None)
    seeds = [{} if "end_to_end_ns" in changes else {"seed": number} for number in range(PLANS["standard"].processes)]
    return [repetition(before, after, **seed, **changes) for seed in seeds]


def judge(run: Course, frames: Surveyed, target: Profile = TARGET, *, interrupted: bool = False) -> Reported:
    result = compose(run, frames, PLANS["standard"], device(), target, interrupted=interrupted)
    assert isinstance(result, Result)
    record = msgspec.structs.replace(result.benchmark, confidence=benchmark().confidence)
    return judged(Path(run.candidate.load.path), run.candidate.described.model, record, ASKED, policy(), target)


WHOLE = Source(kind="frame-set", arrived=1920)
FRAMES = surveyed(source=WHOLE)
THROTTLED = sensed(throttling={"throttled_now": True})
LOW = sensed(throttling={"under_voltage": True})
MAXN = sensed(power={"power_mode": "MAXN"})
CHANGED = surveyed(source=WHOLE, changed=LeftOut(total=1, named=("a.png: its bytes changed",)))


@pytest.mark.parametrize(
    ("wanted", "run", "frames"),
    [
        ("contended", course(five(run_delay_s=0.2)), FRAMES),
        ("contended", course(five(machine_stall_s=1.0)), FRAMES),
        ("throttled", course(five(after=THROTTLED)), FRAMES),
        ("throttled", course(five(before=THROTTLED)), FRAMES),
        ("undervolted", course(five(after=LOW)), FRAMES),
        ("unsteady", course(five(steady=False)), FRAMES),
        ("insufficient", course(five(end_to_end_ns=times_ns(11))), FRAMES),
        ("insufficient", course(five(), planned=6), FRAMES),
        ("fallback", course(five(), candidate(fell_back="CUDA was asked, CPU runs it")), FRAMES),
        ("input-mismatch", course(five()), CHANGED),
        ("power-mode-mismatch", course(five(before=MAXN, after=MAXN)), FRAMES),
    ],
)
def test_every_class_but_valid_is_kept_from_ready(wanted: Validity, run: Course, frames: Surveyed) -> None:
    said = judge(run, frames, interrupted=True)
    assert said.benchmark.validity == wanted
    assert said.benchmark.validity_because
    assert said.verdict.state != "ready"


def test_the_same_undisturbed_is_valid_and_ready() -> None:
    said = judge(course(five()), FRAMES)
    assert (said.benchmark.validity, said.benchmark.validity_because) == ("valid", ())
    assert said.verdict.state == "ready", said.findings


def paced(fps: float, ms: float, frames: int, per_block: int) -> PacedLoop:
    blocks = tuple(Block(start_s=number / fps, runs=per_block) for number in range(0, frames, per_block))
    times = times_ns(frames, ms)
    return PacedLoop(fps=fps, from_due_ns=times, service_ns=times, blocks=blocks)


@pytest.mark.parametrize(("fps", "per_block"), [(30.0, 30), (5.0, 5), (1.0, 1), (0.5, 1), (0.1, 1)])
def test_a_standard_run_at_a_slow_rate_decides_on_deadlines(fps: float, per_block: int) -> None:
    frames = int(PLANS["standard"].long_enough_s(fps) * fps + 1e-9)
    slow = profile(budget=Budget(p95_ms=33.0, memory_mib=256.0, throughput_fps=fps))
    runs = [
        msgspec.structs.replace(one, measured=measured(seed=number, paced=paced(fps, 10.0, frames, per_block)))
        for number, one in enumerate(five())
    ]
    said = {one.code: one.outcome for one in judge(course(runs), FRAMES, slow).verdict.findings}
    assert said["deadlines-missed"] == said["latency-over-budget"] == "clear"
