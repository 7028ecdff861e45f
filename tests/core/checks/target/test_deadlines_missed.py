"""deadlines-missed: frames at the required rate against the moment at which the next one was due."""

from typing import Any

import msgspec

from asking import ask, ask_one
from readiness.evidence.benchmark import Benchmark, Paced
from readiness.profile import Budget
from specimens import benchmark, latency, profile, rate

CODE = "deadlines-missed"


def paced(hits: int, n: int, **changes: Any) -> Benchmark:
    """The target requires 30 frames a second."""
    good = Paced(fps=30.0, latency_ms=latency(13.0), missed=rate(hits, n), dropped=hits // 2)
    return benchmark(paced=msgspec.structs.replace(good, **changes))


def test_clear_where_hardly_a_frame_is_late() -> None:
    assert ask_one(CODE, benchmark=paced(20, 3000)).outcome == "clear"


def test_found_where_more_than_a_twentieth_is_late() -> None:
    finding = ask_one(CODE, benchmark=paced(300, 3000))
    assert finding.outcome == "found"
    assert finding.because.startswith("300 of 3000 frames at 30 a second were answered after the next was due, 9.1%")
    assert finding.because.endswith("5% allowed; 150 would be dropped")


def test_unknown_where_the_bounds_hold_the_limit() -> None:
    assert ask_one(CODE, benchmark=paced(4, 100)).unknown == "undecided"


def test_unknown_where_frames_came_slower_than_required_or_never_paced() -> None:
    slower = ask_one(CODE, benchmark=paced(0, 3000, fps=10.0))
    assert slower.unknown == "missing"
    assert slower.because.endswith("that is slower than the 30 required")
    never = ask_one(CODE, benchmark=benchmark(paced=None))
    assert never.unknown == "missing"
    assert never.action is not None
    assert never.action.text.endswith("bench --fps 30")


def test_unknown_without_benchmark() -> None:
    assert ask(CODE, benchmark=None)[0].unknown == "missing"


def test_a_target_without_a_rate_does_not_ask() -> None:
    free = profile(budget=Budget(p95_ms=33.0, memory_mib=256.0))
    assert ask_one(CODE, profile=free).outcome == "inapplicable"
