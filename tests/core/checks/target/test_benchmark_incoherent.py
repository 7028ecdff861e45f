"""benchmark-incoherent: impossible numbers never support a verdict."""

from typing import Any

import msgspec
import pytest

from asking import ask_one
from readiness.evidence.bounded import Quantile
from specimens import benchmark, latency, model

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


def test_found_for_a_model_without_size() -> None:
    assert ask_one(CODE, model=model(size_mib=-1.0)).because == "model.size_mib is -1"


def test_unknown_without_a_benchmark() -> None:
    assert ask_one(CODE, benchmark=None).unknown == "missing"
