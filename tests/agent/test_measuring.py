"""Bounds over processes: what the times, rates and memory of several repetitions are worth together."""

import numpy as np
import pytest

from readiness.measures import replicated
from readiness_agent.benchmark.bounding import latency, peak_upper, throughput


def test_too_few_runs_are_null_and_max_is_never_clipped() -> None:
    found = latency([[10_000_000] * 19 + [90_000_000]] * 2)
    assert (found.p95.value, found.p95.upper) == (None, None)
    assert found.p95.lower is not None
    assert found.p95.lower <= 10.0
    assert found.max == 90.0


def test_no_run_at_all_is_no_number() -> None:
    found = latency([[], []])
    assert (found.p50.value, found.p50.lower, found.p50.upper, found.max) == (None, None, None, 0.0)


def test_a_single_process_bounds_nothing() -> None:
    runs = np.random.default_rng(1).permutation(np.arange(1_000_000, 2_000_000, 1_000))
    found = latency([runs.tolist()])
    assert found.p95.value == pytest.approx(1.949, abs=0.002)
    assert (found.p95.lower, found.p95.upper) == (None, None)


def test_throughput_is_bounded_by_its_spread_over_processes() -> None:
    rate, (lower, upper) = throughput([100, 100, 100], [1.0, 1.25, 2.0])
    assert rate == pytest.approx(300 / 4.25)
    assert lower is not None
    assert upper is not None
    assert lower < 50 < rate < 100 < upper
    assert throughput([100, 100], [1.0, 1.0]) == (100.0, (None, None))
    assert throughput([0], [0.0]) == (None, (None, None))


def test_the_peak_of_one_more_process_is_bounded_by_no_less_than_the_worst() -> None:
    assert peak_upper([100.0, 100.0, 103.0]) == pytest.approx(103.92, abs=0.01)
    assert peak_upper([100.0, 100.0]) is None


def test_bounds_of_rising_percentiles_rise() -> None:
    generator = np.random.default_rng(11)
    for spread in (0.0, 3.0, 30.0):
        series = [(generator.lognormal(1, 0.2, 300) + n * spread) * 1e6 for n in range(3)]
        found = latency([list(one.astype(int)) for one in series])
        quantiles = (found.p50, found.p90, found.p95, found.p99)
        for bounds in ([one.lower for one in quantiles], [one.upper for one in quantiles]):
            known = [bound for bound in bounds if bound is not None]
            assert known == sorted(known)
            assert all(bound > 0 for bound in known)
        for one in quantiles:
            known = [part for part in (one.lower, one.value, one.upper) if part is not None]
            assert known == sorted(known)


def test_a_slow_process_widens_the_bounds_of_all() -> None:
    generator = np.random.default_rng(3)
    alike = [generator.lognormal(2, 0.1, 300) for _ in range(5)]
    apart = [one * factor for one, factor in zip(alike, (1.0, 1.0, 1.0, 1.0, 1.3), strict=True)]
    narrow, wide = (replicated.quantile(series, 0.95) for series in (alike, apart))
    assert narrow.upper is not None
    assert wide.upper is not None
    assert narrow.value is not None
    assert wide.upper / narrow.upper > 1.3
    assert narrow.upper / narrow.value < 1.1
