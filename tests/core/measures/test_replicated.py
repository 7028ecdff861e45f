"""Bounds of a quantile over processes, against the textbook's tolerance factors, Student's t, and simulation."""

import numpy as np
import pytest
from scipy import stats

from readiness.measures import intervals, replicated


@pytest.mark.parametrize(("count", "factor"), [(3, 7.656), (5, 4.203), (10, 2.911)])
def test_processes_that_never_vary_give_the_tolerance_factors_of_a_normal_sample(count: int, factor: float) -> None:
    """Where all spread lies between processes, the factor is Hahn and Meeker's for 95 % of a population at 95 %."""
    rng = np.random.default_rng(1)
    speeds = rng.normal(0.0, 0.05, count)
    series = [np.exp(speed + rng.normal(0.0, 1e-6, 300)) for speed in speeds]
    _, upper = replicated.between(series, 0.95)
    assert upper is not None
    assert (np.log(upper) - speeds.mean()) / speeds.std(ddof=1) == pytest.approx(factor, rel=0.001)


def test_a_median_of_alike_processes_is_bounded_by_students_t() -> None:
    rng = np.random.default_rng(2)
    series = [rng.lognormal(0.0, 0.2, 301) for _ in range(5)]
    own = np.log([np.median(one) for one in series])
    lower, upper = replicated.between(series, 0.5)
    wanted = stats.ttest_1samp(own, 0).confidence_interval(0.9)
    assert np.log([lower, upper]) == pytest.approx([wanted.low, wanted.high], abs=0.004)


def test_a_shift_moves_a_normal_quantile_as_variances_add() -> None:
    within = np.sort(np.random.default_rng(3).normal(0.0, 0.1, 50_000))
    wanted = stats.norm.ppf(0.95) * (np.hypot(0.1, 0.05) - 0.1) / 0.05
    assert replicated.shift(within, 0.05, 0.95) == pytest.approx(wanted, abs=0.02)
    assert replicated.shift(within, 0.05, 0.5) == pytest.approx(0.0, abs=0.01)
    assert replicated.shift(within, 0.05, 0.05) == pytest.approx(-wanted, abs=0.02)


def test_one_process_says_nothing_of_others_and_too_few_runs_nothing_at_all() -> None:
    runs = np.random.default_rng(4).permutation(np.linspace(1.0, 2.0, 300))
    assert replicated.between([runs], 0.95) == (None, None)
    alone = replicated.quantile([runs], 0.95)
    assert alone.value is not None
    assert (alone.lower, alone.upper) == (None, None)
    assert replicated.quantile([np.zeros(0)], 0.95).n_effective == 0.0
    thin = replicated.quantile([runs[:10], runs[10:20], runs[20:30]], 0.95)
    assert (thin.value, thin.upper) == (None, None)


def test_processes_that_are_exactly_alike_are_bounded_by_their_runs() -> None:
    runs = np.random.default_rng(4).permutation(np.linspace(1.0, 2.0, 300))
    alike = replicated.quantile([runs, runs, runs], 0.95)
    within = intervals.quantile(np.tile(runs, 3), 0.95, n_effective=alike.n_effective)
    assert alike.upper == within.upper
    assert replicated.between([np.ones(80)] * 3, 0.95) == (1.0, 1.0)


def test_alike_runs_are_worth_less_than_their_number() -> None:
    generator = np.random.default_rng(7)
    wave = np.repeat(generator.lognormal(2, 0.1, 30), 10)
    alone = generator.lognormal(2, 0.1, 300)
    found, free = (replicated.quantile([series] * 3, 0.5).n_effective for series in (wave, alone))
    assert found < 0.3 * free


@pytest.mark.parametrize("spread", [0.0, 0.05])
def test_both_bounds_hold_over_processes_that_differ(spread: float) -> None:
    """Five processes of 300 runs with 10 % noise; the bench of the same name has the whole table."""
    rng = np.random.default_rng(7)
    truth = float(np.exp(stats.norm.ppf(0.95) * np.hypot(0.1, spread)))
    found = []
    for _ in range(150):
        speeds = spread * rng.standard_normal((5, 1))
        bounds = replicated.quantile(list(np.exp(speeds + rng.normal(0.0, 0.1, (5, 300)))), 0.95)
        assert bounds.lower is not None
        assert bounds.upper is not None
        found.append((bounds.lower <= truth, bounds.upper >= truth))
    assert np.mean(found, axis=0) == pytest.approx([0.95, 0.95], abs=0.051)
