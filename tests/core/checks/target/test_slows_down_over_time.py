"""slows-down-over-time: the p95 at the end of a sustained run over that at its beginning."""

from typing import Any

import msgspec

from asking import ask, ask_one
from readiness.evidence.benchmark import Benchmark, Bucket, Sustained
from specimens import benchmark

CODE = "slows-down-over-time"


def long(ratio: float | None, lower: float | None, upper: float | None, **changes: Any) -> Benchmark:
    good = Sustained(seconds=600.0, fps=30.0, buckets=(), ratio=ratio, ratio_bounds=(lower, upper))
    return benchmark(sustained=msgspec.structs.replace(good, **changes))


def bucket(start_s: float, temperature_c: float, frequency_mhz: float | None) -> Bucket:
    return Bucket(
        start_s=start_s, runs=900, p50_ms=9.0, p95_ms=12.0, temperature_c=temperature_c, frequency_mhz=frequency_mhz
    )


def test_clear_up_to_a_tenth() -> None:
    assert ask_one(CODE, benchmark=long(1.02, 0.98, 1.10)).outcome == "clear"


def test_found_with_what_heat_and_clock_did() -> None:
    buckets = (bucket(0.0, 51.0, 1800.0), bucket(570.0, 84.0, 1200.0))
    finding = ask_one(CODE, benchmark=long(1.41, 1.33, 1.5, buckets=buckets))
    assert finding.outcome == "found"
    assert finding.because == (
        "over 600 s the p95 became 1.41 times what it was at first, 51 to 84 °C, 1800 to 1200 MHz"
    )
    heat = tuple(msgspec.structs.replace(one, frequency_mhz=None) for one in buckets)
    assert ask_one(CODE, benchmark=long(1.41, 1.33, 1.5, buckets=heat)).because.endswith("51 to 84 °C")


def test_unknown_where_the_bounds_hold_the_limit_or_are_not_there() -> None:
    assert ask_one(CODE, benchmark=long(1.08, 0.99, 1.18)).unknown == "undecided"
    assert ask_one(CODE, benchmark=long(1.3, None, None)).because.endswith("? to ?, 1.1 accepted")
    assert ask_one(CODE, benchmark=long(None, None, None)).because.startswith("600 s gave too few runs")


def test_unknown_without_benchmark() -> None:
    assert ask(CODE, benchmark=None)[0].unknown == "missing"


def test_without_a_sustained_run_nothing_is_asked() -> None:
    assert ask_one(CODE, benchmark=benchmark(sustained=None)).outcome == "inapplicable"
