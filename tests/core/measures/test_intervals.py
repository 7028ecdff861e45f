"""Bounds against scipy's exact test, their coverage on simulated clusters, and the textbook sample floors."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal, stats

from readiness.measures import intervals


@settings(deadline=None)
@given(st.integers(1, 400), st.data(), st.sampled_from([0.9, 0.95, 0.99]))
def test_clopper_pearson_is_scipys_exact_one_sided_interval(n: int, data: st.DataObject, confidence: float) -> None:
    hits = data.draw(st.integers(0, n))
    lower, upper = intervals.clopper_pearson(hits, n, confidence)
    assert lower <= hits / n <= upper
    below = stats.binomtest(hits, n, alternative="greater").proportion_ci(confidence, "exact")
    above = stats.binomtest(hits, n, alternative="less").proportion_ci(confidence, "exact")
    assert lower == pytest.approx(below.low, abs=1e-9)
    assert upper == pytest.approx(above.high, abs=1e-9)


@settings(deadline=None)
@given(st.integers(1, 400), st.data())
def test_wilson_is_scipys_one_sided_interval(n: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, n))
    lower, upper = intervals.wilson(hits, n)
    assert lower == pytest.approx(stats.binomtest(hits, n, alternative="greater").proportion_ci(0.95, "wilson").low)
    assert upper == pytest.approx(stats.binomtest(hits, n, alternative="less").proportion_ci(0.95, "wilson").high)


def test_no_trial_bounds_nothing() -> None:
    assert intervals.clopper_pearson(0, 0) == intervals.wilson(0, 0) == (0.0, 1.0)
    assert intervals.rate(np.zeros(0), np.zeros(0)).value is None


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=30))
def test_a_rate_never_claims_more_trials_than_there_are(counts: list[tuple[int, int]]) -> None:
    hits, misses = np.array(counts, dtype=float).T
    answer = intervals.rate(hits, hits + misses)
    assert 0 <= answer.n_effective <= answer.n
    assert answer.lower <= (answer.value or 0.0) + 1e-12
    assert answer.upper >= (answer.value or 0.0) - 1e-12


@given(st.lists(st.tuples(st.integers(-1, 3), st.integers(0, 6), st.booleans()), max_size=60))
def test_rates_of_many_groups_are_the_rate_of_each(trials: list[tuple[int, int, bool]]) -> None:
    group, cluster, hit = np.array(trials or np.zeros((0, 3)), dtype=np.intp).reshape(-1, 3).T
    together = intervals.rates(hit == 1, group, cluster, 4, 0.9)
    for number, answer in enumerate(together):
        mine = group == number
        counts = [np.bincount(cluster[mine & chosen], minlength=7).astype(float) for chosen in (hit == 1, hit < 2)]
        assert answer == intervals.rate(counts[0], counts[1], 0.9)
    assert len(together) == 4


def test_bounds_of_many_groups_are_the_bounds_of_each() -> None:
    hits, n = np.array([0.0, 0.0, 3.5, 10.0, 10.0]), np.array([0.0, 8.0, 9.25, 10.0, 40.0])
    lower, upper = intervals.bounds_of(hits, n, 0.9)
    assert list(zip(lower, upper, strict=True)) == [
        intervals.clopper_pearson(*each, 0.9) for each in zip(hits, n, strict=True)
    ]


def test_objects_apart_are_worth_what_they_are_and_together_as_much_as_their_images() -> None:
    hits = np.r_[np.ones(90), np.zeros(10)]
    assert intervals.effective_trials(hits, np.ones(100)) == pytest.approx(99)
    whole = intervals.effective_trials(8 * hits, np.full(100, 8.0))
    assert 80 < whole <= 100
    assert intervals.effective_trials(np.full(30, 8.0), np.full(30, 8.0)) == 30  # a perfect score: one a cluster


def test_few_clusters_prove_less_by_their_degrees_of_freedom() -> None:
    hits, trials = np.array([6.0, 9.0, 7.0]), np.full(3, 10.0)
    three, thirty = (intervals.effective_trials(np.tile(hits, k), np.tile(trials, k)) for k in (1, 10))
    assert three < thirty / 10 * 0.5


def test_each_cluster_twice_proves_no_more() -> None:
    rng = np.random.default_rng(5)
    trials = rng.integers(1, 6, 80).astype(float)
    hits = rng.binomial(trials.astype(int), 0.8).astype(float)
    once, twice = intervals.rate(hits, trials), intervals.rate(2 * hits, 2 * trials)
    assert twice.n == 2 * once.n
    assert twice.n_effective == pytest.approx(once.n_effective, rel=0.15)


@pytest.mark.parametrize(
    ("clusters", "size", "correlation", "share"),
    [(100, 8, 0.2, 0.8), (30, 8, 0.2, 0.8), (200, 3, 0.3, 0.9), (60, 1, 0.0, 0.9), (20, 8, 0.5, 0.95)],
)
def test_bounds_cover_on_clustered_counts(clusters: int, size: int, correlation: float, share: float) -> None:
    """Beta-binomial images of one intraclass correlation; both one-sided 95 % bounds must hold in 93 % or more."""
    rng = np.random.default_rng(11)
    times = 1500
    each = np.full((times, clusters), share)
    if correlation:
        spread = (1 - correlation) / correlation
        each = rng.beta(share * spread, (1 - share) * spread, (times, clusters))
    trials = rng.poisson(size - 1, (times, clusters)) + 1 if size > 1 else np.ones((times, clusters), dtype=int)
    hits = rng.binomial(trials, each)
    group = np.repeat(np.arange(times), clusters)
    worth = intervals.effective(hits.ravel().astype(float), trials.ravel().astype(float), group, times)
    lower, upper = intervals.bounds_of(hits.sum(axis=1) / trials.sum(axis=1) * worth, worth)
    assert np.mean(lower <= share) >= 0.93
    assert np.mean(upper >= share) >= 0.93


@pytest.mark.parametrize(
    ("q", "confidence", "dropped", "floor"), [(0.95, 0.95, 0, 59), (0.99, 0.95, 0, 299), (0.9, 0.99, 1, 64)]
)
def test_sample_floors(q: float, confidence: float, dropped: int, floor: int) -> None:
    assert intervals.sample_floor(q, confidence, dropped) == floor


def test_sample_floor_of_mlperf_for_p99() -> None:
    assert intervals.sample_floor(0.99, 0.99, 1) == 662


def test_a_quantile_under_its_floor_says_nothing() -> None:
    samples = np.arange(58.0)
    assert intervals.quantile(samples, 0.95).value is None
    assert intervals.quantile(np.arange(59.0), 0.95).upper == 58.0
    assert intervals.quantile(np.arange(600.0), 0.95, n_effective=58).upper is None


@pytest.mark.parametrize(("q", "n"), [(0.5, 40), (0.9, 100), (0.95, 200), (0.95, 59)])
def test_the_upper_bound_of_a_quantile_covers(q: float, n: int) -> None:
    rng = np.random.default_rng(7)
    samples = rng.lognormal(2, 0.5, (500, n))
    truth = float(stats.lognorm.ppf(q, 0.5, scale=np.exp(2)))
    bounds = [intervals.quantile(row, q) for row in samples]
    assert np.mean([bound.upper is not None and bound.upper >= truth for bound in bounds]) >= 0.93
    assert np.mean([bound.lower is None or bound.lower <= truth for bound in bounds]) >= 0.93


def test_effective_length_of_noise_and_of_a_slow_series() -> None:
    noise = np.random.default_rng(2).normal(size=(40, 2000))
    slow = signal.lfilter([1], [1, -0.9], noise)
    assert np.mean([intervals.effective_length(series) for series in noise]) > 1800
    # An AR(1) series of coefficient 0.9 is worth (1 - 0.9) / (1 + 0.9) of its length.
    found = np.mean([intervals.effective_length(series) for series in slow])
    assert found == pytest.approx(2000 * 0.1 / 1.9, rel=0.15)


def test_spread_over_processes_needs_three() -> None:
    assert intervals.spread_upper(np.array([10.0, 11.0])) is None
    values = np.array([10.0, 11.0, 12.0])
    wanted = stats.ttest_1samp(values, 0).confidence_interval(0.9).high
    assert intervals.spread_upper(values) == pytest.approx(wanted)
