"""Reported benchmarks for the tests of table, report and page: good ones, bent ones, and one with everything in it."""

from pathlib import Path
from typing import Any

import msgspec

from readiness.evidence.benchmark import (
    Agreement,
    Bucket,
    Calls,
    ClassConfidence,
    Confidence,
    Latency,
    Memory,
    Paced,
    Placement,
    Source,
    Sustained,
)
from readiness.evidence.bounded import Quantile
from readiness.profile import Budget
from readiness_agent.benchmark.report import Reported, checks, judged
from readiness_agent.benchmark.trace import Point, Step, Trace
from readiness_agent.worker.jobs import Operated, Operator
from specimens import benchmark, class_result, evaluation, latency, model, policy, profile, rate

CHECKS = checks()
TARGET = profile(budget=Budget(p95_ms=33.0, memory_mib=256.0, model_mib=16.0, throughput_fps=30.0))
NOTHING = Quantile(value=None, lower=None, upper=None, n_effective=12.0)
FEW = Latency(p50=NOTHING, p90=NOTHING, p95=NOTHING, p99=NOTHING, max=70.0)


def reported(name: str = "parts", **changes: Any) -> Reported:
    """One benchmark for the x86 gateway; `trace`, `operated`, `evaluation` and `target` are given as they are."""
    kept = {key: changes.pop(key) for key in ("trace", "operated", "evaluation") if key in changes}
    target = changes.pop("target", TARGET)
    own = model(name=name, digest="sha256:" + str(len(name)) + name)
    record = benchmark(model=own.digest, model_name=name, source=Source(kind="folder"), **changes)
    return judged(Path(name), own, record, CHECKS, policy(), target, **kept)


def seen(one: Reported, ap: float, nut: int) -> Reported:
    """The same with an evaluation of its own."""
    results = (class_result("bolt"), class_result("nut", recall=rate(nut, 400)))
    bounds = {"ap": (ap - 0.03, ap + 0.03)}
    own = evaluation(model=one.model.digest, metrics={"ap": ap}, metric_bounds=bounds, classes=results)
    return msgspec.structs.replace(one, evaluation=own)


def dark(name: str = "dark") -> Reported:
    """A benchmark of which next to nothing is known."""
    return reported(
        name,
        end_to_end_ms=FEW,
        latency_ms=FEW,
        memory_mib=Memory(),
        stages_ms={},
        throughput_fps=None,
        throughput_bounds_fps=(None, None),
        cold_start_ms=None,
        confidence=None,
        paced=None,
        validity="insufficient",
        validity_because=("p95 needs 59 independent runs, these are worth 12",),
        target=None,
    )


def trace(hot: bool = True) -> Trace:
    points = [
        Point(
            start_s=float(at),
            p50_ms=10.0,
            p95_ms=12.0 + at % 3,
            temperature_c=50.0 + at if hot else None,
            frequency_mhz=1500.0 - at if hot else None,
        )
        for at in range(12)
    ]
    shares = [step / 20 for step in range(1, 21)]
    steps = tuple(
        Step(
            share=share,
            value_ms=8 + 5 * share,
            lower_ms=7.9 + 5 * share,
            upper_ms=8.2 + 5 * share if share < 1 else None,
        )
        for share in shares
    )
    return Trace(processes=(tuple(points[:6]), tuple(points[6:])), steps=steps)


def whole(name: str = "whole") -> Reported:
    """A benchmark with everything that can be measured in it."""
    classes = (
        ClassConfidence(name="bolt", detections=40, mean=0.7, histogram=(0, 0, 0, 0, 5, 5, 10, 10, 5, 5)),
        ClassConfidence(name="nut", detections=0),
    )
    buckets = tuple(
        Bucket(start_s=30.0 * at, runs=300, p50_ms=10.0, p95_ms=12.0 + at, temperature_c=60.0, uss_mib=90.0, missed=at)
        for at in range(8)
    )
    return reported(
        name,
        end_to_end_ms=latency(12.0),
        confidence=Confidence(
            histogram=(0, 0, 0, 0, 5, 5, 10, 10, 5, 5),
            classes=classes,
            frames=64,
            empty_frames=3,
            entropy=0.31,
            empty=rate(3, 64),
        ),
        agreement=Agreement(
            incumbent="sha256:5parts",
            incumbent_name="parts",
            frames=64,
            classes=rate(60, 62),
            places=rate(5, 62),
            both=rate(5, 62),
            iou=0.11,
            score_shift=-0.04,
        ),
        paced=Paced(fps=30.0, latency_ms=latency(12.5), missed=rate(2, 600), dropped=1),
        sustained=Sustained(
            seconds=240.0,
            fps=30.0,
            buckets=buckets,
            ratio=1.31,
            ratio_bounds=(1.2, 1.4),
            leak_mib_per_h=2.5,
            leak_bounds=(-1.0, 6.0),
            calibration_ms=(20.0, 25.0),
        ),
        placement=Placement(
            provider="XnnpackExecutionProvider", operators=90, on_provider=80, partitions=4, elsewhere_share=0.12
        ),
        calls=Calls(failed=rate(3, 300), kinds={"timeout": 2, "http 503": 1}, retries=4),
        trace=trace(),
        operated=Operated(
            operators=tuple(
                Operator(name=f"/layer/{at}", kind="Conv", provider="CPUExecutionProvider", mean_ms=1 / (at + 1))
                for at in range(30)
            ),
            runs=30,
            run_ms=5.0,
        ),
    )
