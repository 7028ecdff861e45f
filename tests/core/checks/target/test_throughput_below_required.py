"""throughput-below-required: frames a second end to end against what the target requires."""

from asking import ask, ask_one
from readiness.evidence.benchmark import Benchmark
from readiness.profile import Budget
from specimens import benchmark, profile

CODE = "throughput-below-required"


def rate(value: float | None, lower: float | None, upper: float | None) -> Benchmark:
    """The target requires 30 frames a second."""
    return benchmark(throughput_fps=value, throughput_bounds_fps=(lower, upper))


def test_clear_when_the_lower_bound_reaches_the_rate() -> None:
    assert ask_one(CODE, benchmark=rate(31.0, 30.0, 32.0)).outcome == "clear"


def test_found_when_the_upper_bound_is_below_it() -> None:
    finding = ask_one(CODE, benchmark=rate(28.0, 26.0, 29.94))
    assert finding.outcome == "found"
    assert finding.because == "28.0 frames a second end to end, 30 required, bounds 26.0 to 29.9"


def test_unknown_when_the_bounds_hold_the_rate() -> None:
    assert ask_one(CODE, benchmark=rate(31.0, 29.9, 32.0)).unknown == "undecided"


def test_unknown_when_it_has_no_bounds() -> None:
    assert ask_one(CODE, benchmark=rate(90.0, None, None)).unknown == "undecided"


def test_unknown_when_it_was_not_measured() -> None:
    assert ask_one(CODE, benchmark=rate(None, None, None)).unknown == "missing"


def test_unknown_without_benchmark() -> None:
    assert ask(CODE, benchmark=None)[0].unknown == "missing"


def test_a_target_without_a_rate_does_not_ask() -> None:
    free = profile(budget=Budget(p95_ms=33.0, memory_mib=256.0))
    assert ask_one(CODE, profile=free).outcome == "inapplicable"
