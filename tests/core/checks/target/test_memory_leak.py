"""memory-leak: the slope of private memory over a sustained run against the room that is left for a week."""

from typing import Any

from asking import ask, ask_one
from readiness.evidence.benchmark import Memory, Sustained
from readiness.finding import Finding
from readiness.profile import Budget
from specimens import benchmark, profile

CODE = "memory-leak"


def leaking(slope: float | None, lower: float | None, upper: float | None, **changes: Any) -> Finding:
    """The budget is 256 MiB and the peak 120: 136 MiB are left, which is less than 4 MiB an hour for a week."""
    run = Sustained(seconds=600.0, fps=None, buckets=(), leak_mib_per_h=slope, leak_bounds=(lower, upper))
    return ask_one(CODE, benchmark=benchmark(sustained=run, **changes))


def test_clear_where_it_moves_by_no_more_than_noise() -> None:
    assert leaking(0.3, -2.0, 4.0).outcome == "clear"
    assert leaking(-5.0, -9.0, -1.0).outcome == "clear"


def test_found_says_when_the_room_is_gone() -> None:
    finding = leaking(34.0, 30.0, 38.0)
    assert finding.outcome == "found"
    assert finding.because == (
        "private memory grew by 34.0 MiB an hour over 600 s; at this rate the 136 MiB left are gone in 4 h"
    )


def test_found_by_the_room_on_the_device_where_the_target_sets_no_budget() -> None:
    free = profile(budget=Budget(p95_ms=33.0))
    run = Sustained(seconds=600.0, fps=None, buckets=(), leak_mib_per_h=30.0, leak_bounds=(20.0, 40.0))

    def asked(**memory: float) -> Finding:
        return ask_one(CODE, profile=free, benchmark=benchmark(sustained=run, memory_mib=Memory(**memory)))

    assert asked(headroom=1680.0).outcome == "found"
    assert asked(headroom=16800.0).outcome == "clear"
    assert asked().because == "private memory grew by 30.0 MiB an hour over 600 s"


def test_unknown_where_the_bounds_hold_the_limit_or_the_run_was_short() -> None:
    assert leaking(5.0, 1.0, 9.0).unknown == "undecided"
    assert leaking(None, None, None).unknown == "undecided"


def test_unknown_without_benchmark() -> None:
    assert ask(CODE, benchmark=None)[0].unknown == "missing"


def test_without_a_sustained_run_nothing_is_asked() -> None:
    assert ask_one(CODE, benchmark=benchmark(sustained=None)).outcome == "inapplicable"
