"""benchmark-incoherent: impossible numbers never support a verdict."""

from typing import Any

import msgspec
import pytest

from asking import ask_one
from readiness.evidence.benchmark import Calls, Memory, Paced, Sustained
from readiness.evidence.bounded import Quantile
from specimens import benchmark, latency, model, rate

CODE = "benchmark-incoherent"
MEMORY = benchmark().memory_mib


def _p95(value: float | None, lower: float | None, upper: float | None) -> dict[str, Any]:
    p95 = Quantile(value=value, lower=lower, upper=upper, n_effective=1000.0)
    return {"end_to_end_ms": msgspec.structs.replace(latency(12.0), p95=p95)}


def test_clear_for_a_real_benchmark_and_under_the_sample_floor() -> None:
    assert ask_one(CODE).outcome == "clear"
    assert ask_one(CODE, benchmark=benchmark(**_p95(None, 9.0, None))).outcome == "clear"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (_p95(-1.0, -2.0, -0.5), "end_to_end_ms.p95: -2 ms"),
        (_p95(1000.0, 1.0, 2.0), "end_to_end_ms.p95: its bounds do not hold its value"),
        (_p95(None, None, 1.0), "end_to_end_ms.p95: an upper bound without a value"),
        (_p95(9.0, 8.0, 10.0), "end_to_end_ms: its percentiles fall"),
        ({"processes": 0}, "processes is 0"),
        ({"runs": 3}, "3 runs in 5 processes"),
        ({"throughput_fps": -1.0}, "throughput_fps is -1"),
        ({"memory_mib": msgspec.structs.replace(MEMORY, peak_rss=-5.0)}, "memory_mib.peak_rss is -5"),
        ({"runtime": "http"}, "a model for onnx ran on http"),
    ],
)
def test_found_for_what_cannot_be(changes: dict[str, Any], said: str) -> None:
    finding = ask_one(CODE, benchmark=benchmark(**changes))
    assert finding.outcome == "found"
    assert said in finding.because


PACED = Paced(fps=30.0, latency_ms=latency(13.0), missed=rate(0, 3000), dropped=0)
LONG = Sustained(seconds=600.0, fps=None, buckets=(), ratio=1.0, ratio_bounds=(0.9, 1.1))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"paced": PACED, "sustained": LONG}, ""),
        ({"paced": msgspec.structs.replace(PACED, fps=0.0)}, "paced: 0 dropped at 0 frames a second"),
        ({"paced": msgspec.structs.replace(PACED, dropped=-1)}, "paced: -1 dropped"),
        ({"paced": msgspec.structs.replace(PACED, latency_ms=latency(-1.0))}, "paced.latency_ms.p50: -0.84 ms"),
        (
            {"paced": msgspec.structs.replace(PACED, missed=msgspec.structs.replace(PACED.missed, upper=0.0))},
            "paced.missed: its bounds are tighter",
        ),
        ({"sustained": msgspec.structs.replace(LONG, seconds=0.0)}, "sustained: 0 s"),
        ({"sustained": msgspec.structs.replace(LONG, ratio=2.0)}, "sustained.ratio: its bounds do not hold"),
        ({"sustained": msgspec.structs.replace(LONG, leak_mib_per_h=2.0, leak_bounds=(3.0, 4.0))}, "sustained.leak"),
    ],
)
def test_found_for_loops_that_cannot_be(changes: dict[str, Any], said: str) -> None:
    finding = ask_one(CODE, benchmark=benchmark(**changes))
    assert finding.outcome == ("found" if said else "clear")
    assert said in finding.because


def test_found_for_a_model_without_size() -> None:
    assert ask_one(CODE, model=model(size_mib=-1.0)).because == "model.size_mib is -1"
    assert ask_one(CODE, model=model(size_mib=None)).because == "model.size_mib is missing"


CALLED = {"runtime": "http", "memory_mib": Memory()}


@pytest.mark.parametrize(
    ("calls", "changes", "said"),
    [
        (Calls(failed=rate(3, 1503), kinds={"timeout": 3}), {}, ""),
        (Calls(failed=rate(3, 2003), kinds={"timeout": 3}), {}, ""),  # 500 of a paced loop among them
        (None, {}, ""),
        (
            Calls(failed=rate(3, 1503), kinds={"timeout": 3}),
            {"memory_mib": MEMORY},
            "memory_mib.peak_rss of an endpoint",
        ),
        (Calls(failed=rate(0, 100)), {}, "100 calls, 1500 answered and 0 failed"),
        (Calls(failed=rate(3, 1503), kinds={"timeout": 1}), {}, "3 calls failed, 1 by kind"),
        (
            Calls(failed=msgspec.structs.replace(rate(3, 1503), upper=0.002), kinds={"timeout": 3}),
            {},
            "calls.failed: its bounds are tighter than its counts allow",
        ),
    ],
)
def test_found_for_what_an_endpoint_cannot_say(calls: Calls | None, changes: dict[str, Any], said: str) -> None:
    called = benchmark(**(CALLED | changes), calls=calls)
    finding = ask_one(CODE, model=model(format="http", size_mib=None), benchmark=called)
    assert finding.outcome == ("found" if said else "clear")
    assert said in finding.because


def test_unknown_without_a_benchmark() -> None:
    assert ask_one(CODE, benchmark=None).unknown == "missing"
