"""Measurements of workers that never ran: a good repetition, bent where a test wants it."""

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from readiness.evidence.device import Sensed
from readiness_agent.benchmark.course import Candidate, Course, Repetition
from readiness_agent.worker.jobs import Block, Described, Footprint, Load, Measured, Surveyed
from specimens import card, model

QUIET: dict[str, dict[str, Any]] = {
    "cgroup": {"quota_throttled_events": 0},
    "cpu": {"governor": "schedutil", "frequency_limit_mhz": 1800.0},
    "power": {"power_mode": "15W"},
    "thermal": {"max_c": 50.0, "headroom_c": 30.0},
    "throttling": {"core_throttle_events": 5, "oc1_events": 0, "oc3_events": 1, "throttled_now": False},
}


def times_ns(runs: int = 300, ms: float = 10.0, seed: int = 0) -> list[int]:
    """Give lognormal times around `ms`, which never hide a bound of zero width."""
    return [int(one * 1e6) for one in ms * np.random.default_rng(seed).lognormal(0.0, 0.05, runs)]


def measured(**changes: Any) -> Measured:
    runs = changes.pop("end_to_end_ns", None) or times_ns(seed=changes.pop("seed", 0))
    good = Measured(
        stages_ns={"infer": [one // 2 for one in runs]},
        end_to_end_ns=runs,
        cold_start_ms=80.0,
        first_inference_ms=20.0,
        wall_s=sum(runs) / 1e9,
        busy_s=sum(runs) / 1e9,
        run_delay_s=0.001,
        involuntary_switches=0,
        machine_stall_s=0.01,
        warm_up_runs=50,
        steady=True,
        memory=Footprint(peak_rss=100.0, uss=80.0, headroom=2000.0),
        blocks=(Block(start_s=0.0, runs=len(runs), frequency_mhz=1800.0),),
    )
    return msgspec.structs.replace(good, **changes)


def sensed(**changes: dict[str, Any]) -> tuple[Sensed, ...]:
    """Give what a quiet board says, each sensor's readings changed as named."""
    said = {name: dict(readings) | changes.get(name, {}) for name, readings in QUIET.items()}
    return tuple(Sensed(sensor=name, ok=True, took_ms=0.1, readings=readings) for name, readings in said.items())


def repetition(
    before: tuple[Sensed, ...] | None = None, after: tuple[Sensed, ...] | None = None, **changes: Any
) -> Repetition:
    return Repetition(measured=measured(**changes), before=before or sensed(), after=after or sensed(), took_s=5.0)


def described(**changes: Any) -> Described:
    good = Described(model=model(), runtime_version="1.32.0", provider="CPUExecutionProvider")
    return msgspec.structs.replace(good, **changes)


def candidate(name: str = "parts", *, incumbent: bool = False, **changes: Any) -> Candidate:
    load = Load(path=f"/models/{name}.onnx", card=card())
    return Candidate(load=load, described=described(model=model(name=name), **changes), incumbent=incumbent)


def course(repetitions: Sequence[Repetition] | None = None, one: Candidate | None = None, **changes: Any) -> Course:
    every = [repetition(seed=number) for number in range(5)] if repetitions is None else list(repetitions)
    good = Course(candidate=one or candidate(), planned=len(every), repetitions=every)
    return msgspec.structs.replace(good, **changes)


def surveyed(**changes: Any) -> Surveyed:
    files = tuple(f"/frames/{number}.png" for number in range(64))
    return msgspec.structs.replace(Surveyed(files=files, digest="sha256:" + "f" * 64), **changes)
