"""What paced and sustained loops amount to, and the course of a benchmark: against brute force and known series."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from measurements import repetition, times_ns
from readiness_agent.benchmark.paced import dropped, paced
from readiness_agent.benchmark.sustained import growth, sustained
from readiness_agent.benchmark.trace import trace
from readiness_agent.worker.jobs import Block, PacedLoop, SustainedLoop


def newest_only(service: list[int], period: int) -> int:
    """Play a camera tick by tick: each frame replaces the one that waits; a free model takes it at once."""
    lost, waiting, busy_until, times = 0, False, 0, list(service)
    now = 0
    while times:
        if now % period == 0:
            lost += waiting
            waiting = True
        if waiting and now >= busy_until:
            waiting, busy_until = False, now + times.pop(0)
        now += 1
    return lost


@given(st.lists(st.integers(1, 40), max_size=25), st.integers(1, 12))
def test_dropped_frames_are_those_of_a_camera_that_keeps_the_newest(service: list[int], period: int) -> None:
    assert dropped(service, float(period)) == newest_only(service, period)


def loop(from_due_ms: list[float], service_ms: float, blocks: int = 0) -> PacedLoop:
    size = len(from_due_ms) // blocks if blocks else 0
    return PacedLoop(
        fps=20.0,
        from_due_ns=[int(one * 1e6) for one in from_due_ms],
        service_ns=[int(service_ms * 1e6)] * len(from_due_ms),
        blocks=tuple(Block(start_s=float(n), runs=size) for n in range(blocks)),
    )


def test_a_frame_is_missed_when_the_next_is_due() -> None:
    found = paced([loop([49.0, 51.0] * 100, 40.0, blocks=10)] * 3)
    assert found is not None
    assert (found.fps, found.missed.hits, found.missed.n, found.dropped) == (20.0, 300, 600, 0)
    assert found.latency_ms.p50.value == pytest.approx(50.0)


def test_late_frames_that_come_together_are_worth_fewer() -> None:
    burst = [10.0] * 180 + [60.0] * 20
    spread = ([10.0] * 9 + [60.0]) * 20
    together, apart = (paced([loop(series, 10.0, blocks=20)] * 3) for series in (burst, spread))
    assert together is not None
    assert apart is not None
    assert together.missed.hits == apart.missed.hits
    assert together.missed.upper > 1.3 * apart.missed.upper


def test_frames_beyond_the_last_block_count_too_and_no_loop_is_none() -> None:
    found = paced([loop([10.0] * 25, 10.0, blocks=2)])
    assert found is not None
    assert found.missed.n == 25
    assert paced([]) is None
    assert paced([loop([], 1.0)]) is None


def long(ns: list[int], made_mib: list[float]) -> SustainedLoop:
    """A loop of buckets of 30 s; half way through another process begins to share 20 MiB of libraries."""
    size, half = len(ns) // len(made_mib), len(made_mib) // 2
    buckets = tuple(
        Block(start_s=30.0 * n, runs=size, anonymous_mib=made, uss_mib=made + 20.0 * (n < half))
        for n, made in enumerate(made_mib)
    )
    seconds = 30.0 * len(made_mib)
    return SustainedLoop(seconds=seconds, fps=None, end_to_end_ns=ns, buckets=buckets, calibration_ms=(2.0, 2.0))


def test_a_model_that_heat_slows_and_that_leaks() -> None:
    ns = [int(one * (1 + number / 6000)) for number, one in enumerate(times_ns(6000))]
    noise = np.random.default_rng(2).normal(0, 0.05, 20)
    found = sustained(long(ns, [90 + 0.5 * n + noise[n] for n in range(20)]))
    low, high = found.ratio_bounds
    assert low is not None
    assert high is not None
    assert 1.6 < low < 1.73 < high < 1.9
    assert found.leak_mib_per_h == pytest.approx(60.0, rel=0.02)
    assert found.leak_bounds[0] is not None
    assert found.leak_bounds[1] is not None
    assert 55 < found.leak_bounds[0] < 60 < found.leak_bounds[1] < 65
    assert found.p95_last_ms is not None
    assert found.p95_last_ms.value == pytest.approx(10.0 * 1.9 * 1.09, rel=0.03)
    assert len(found.buckets) == 20
    assert found.buckets[3].p95_ms is not None
    assert found.buckets[0].p50_ms == pytest.approx(10.2, rel=0.05)


def test_what_stays_as_it_was_is_not_said_to_grow() -> None:
    for seed in range(20):
        rng = np.random.default_rng(seed)
        found = sustained(long(times_ns(3000, seed=seed), [90 + x for x in rng.normal(0, 0.05, 20)]))
        assert found.ratio_bounds[0] is not None
        assert found.ratio_bounds[0] < 1.0 + 0.01
        assert found.leak_bounds[0] is not None
        assert found.leak_bounds[0] < 4.0


def test_too_short_a_run_tells_nothing() -> None:
    found = sustained(long(times_ns(200), [90.0, 91.0, 92.0]))
    assert (found.ratio, found.ratio_bounds, found.leak_mib_per_h) == (None, (None, None), None)
    assert found.p95_last_ms is None
    assert [bucket.p95_ms is None for bucket in found.buckets] == [False, False, False]
    assert growth(np.zeros(0))[0] is None


def test_the_course_has_a_point_for_each_block_and_steps_that_rise() -> None:
    blocks = tuple(Block(start_s=n * 1.0, runs=100, temperature_c=50.0 + n) for n in range(3))
    found = trace([repetition(seed=n, blocks=blocks if n else ()) for n in range(3)])
    assert [len(points) for points in found.processes] == [1, 3, 3]
    assert [point.temperature_c for point in found.processes[2]] == [50.0, 51.0, 52.0]
    shares, values = [step.share for step in found.steps], [step.value_ms for step in found.steps]
    assert (shares[0], shares[-1], len(shares)) == (0.0, 1.0, 101)
    assert values == sorted(values)
    for bounds in ([step.lower_ms for step in found.steps], [step.upper_ms for step in found.steps]):
        known = [bound for bound in bounds if bound is not None]
        assert len(known) > 80
        assert known == sorted(known)
    for step in found.steps:
        known = [part for part in (step.lower_ms, step.value_ms, step.upper_ms) if part is not None]
        assert known == sorted(known)


def test_nothing_run_has_no_course() -> None:
    assert trace([]).steps == ()
