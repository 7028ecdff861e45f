"""Effects between samples: equal to the textbook's where that applies, quiet under no difference, covered by bounds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.stats import contingency

from readiness.measures import intervals
from readiness.measures.effects import Tally, cramers_v, effective_clusters, effective_objects, kolmogorov_smirnov

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


def tally(counts: Floats) -> Tally:
    """Counts of shape (clusters, classes) as the entries that are not 0."""
    cluster, row = np.nonzero(counts)
    return Tally(cluster, row, counts[cluster, row].astype(np.float64))


def singles(*objects: int) -> Tally:
    """Objects per class, each in a cluster of its own."""
    row = np.repeat(np.arange(len(objects)), objects)
    return Tally(np.arange(row.size), row, np.ones(row.size))


def clustered(rng: np.random.Generator, clusters: int, shares: list[float], firmness: float = 3.0) -> Tally:
    """Clusters of about six objects whose own shares vary around the given ones."""
    own = rng.dirichlet(np.array(shares) * firmness, clusters)
    return tally(np.stack([rng.multinomial(1 + rng.poisson(5), one) for one in own]))


def test_v_of_equally_large_samples_is_the_textbooks_with_bergsmas_correction():
    first, second = (60, 30, 110), (90, 70, 40)
    plain = contingency.association(np.array([first, second]), method="cramer")
    n, k = 400, 3
    corrected = ((plain**2 - (k - 1) / (n - 1)) / (min(k - (k - 1) ** 2 / (n - 1), 2 - 1 / (n - 1)) - 1)) ** 0.5
    effect = cramers_v(singles(*first), singles(*second))
    assert effect is not None
    assert effect.n == pytest.approx((200, 200), rel=0.01)
    assert effect.value == pytest.approx(corrected, abs=2e-4)
    assert effect.lower < effect.value < effect.upper


def test_a_small_sample_does_not_water_v_down():
    even = cramers_v(singles(500, 500), singles(200, 800))
    small = cramers_v(singles(5000, 5000), singles(20, 80))
    assert even is not None
    assert small is not None
    assert small.value == pytest.approx(even.value, abs=0.02)
    assert small.lower < even.lower


def test_v_is_quiet_under_no_difference_and_covered_under_one():
    rng = np.random.default_rng(1)
    over, above = 0, 0
    true = float(
        np.sqrt(sum((p - q) ** 2 / (p + q) * 2 for p, q in zip((0.5, 0.3, 0.2), (0.2, 0.3, 0.5), strict=True)) / 4)
    )
    for _ in range(100):
        same = cramers_v(clustered(rng, 150, [0.5, 0.3, 0.2]), clustered(rng, 40, [0.5, 0.3, 0.2]))
        other = cramers_v(clustered(rng, 150, [0.5, 0.3, 0.2]), clustered(rng, 60, [0.2, 0.3, 0.5]))
        assert same is not None
        assert other is not None
        over += same.lower > 0.05
        above += other.lower > true
    assert over <= 5
    assert above <= 10


def test_rare_classes_are_taken_together_and_one_kind_is_no_comparison():
    assert cramers_v(singles(*[1] * 40), singles(*[1] * 40)) is None
    assert cramers_v(singles(50), singles(70)) is None
    assert cramers_v(tally(np.zeros((2, 2))), singles(3, 4)) is None
    with_tail = cramers_v(singles(100, 100, *[1] * 20), singles(100, 100, *[1] * 20))
    assert with_tail is not None
    assert with_tail.value == 0


def test_the_distance_is_scipys_and_clusters_widen_its_bounds():
    rng = np.random.default_rng(2)
    one, two = rng.normal(size=300), rng.normal(1, size=100)
    alone = kolmogorov_smirnov(one, two, (np.arange(300), np.arange(100)))
    grouped = kolmogorov_smirnov(one, two, (np.arange(300) // 10, np.arange(100) // 10))
    assert alone is not None
    assert grouped is not None
    assert alone.value == grouped.value == pytest.approx(stats.ks_2samp(one, two).statistic)
    assert (alone.n, grouped.n) == ((300, 100), (30, 10))
    assert grouped.lower < alone.lower < alone.value
    assert kolmogorov_smirnov(one, two[:0], (np.arange(300), np.arange(0))) is None


def test_the_bounds_of_the_distance_hold_and_find_a_shift():
    rng = np.random.default_rng(3)
    true = float(2 * stats.norm.cdf(0.5) - 1)
    effects = [
        kolmogorov_smirnov(rng.normal(size=300), rng.normal(1, size=60), (np.arange(300), np.arange(60)))
        for _ in range(200)
    ]
    lower = np.array([one.lower for one in effects if one is not None])
    assert (lower <= true).mean() >= 0.95
    assert (lower > 0).mean() >= 0.9


def test_effective_clusters_by_kish():
    assert effective_clusters(np.array([0, 0, 1, 1])) == 2
    assert effective_clusters(np.array([0, 0, 0, 1])) == pytest.approx(1.6)
    assert effective_clusters(np.array([], dtype=np.intp)) == 0


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 9)), min_size=1, max_size=20, unique_by=lambda one: one[0]))
def test_an_evaluation_that_found_all_counts_no_more_than_the_effective_objects(held: list[tuple[int, int]]):
    trials = np.array([count for _, count in held], dtype=np.float64)
    cluster = np.array([number for number, _ in held])
    ((worth,),) = (effective_objects(Tally(cluster, np.zeros(len(held), dtype=np.intp), trials)),)
    assert worth >= intervals.effective_trials(trials, trials) - 1e-9


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_the_order_of_entries_and_the_numbers_of_clusters_do_not_count(seed: int):
    rng = np.random.default_rng(seed)
    one, two = clustered(rng, 30, [0.6, 0.4]), clustered(rng, 20, [0.4, 0.6])
    order, names = rng.permutation(one.row.size), rng.permutation(1000)
    shuffled = Tally(names[one.cluster][order], one.row[order], one.objects[order])
    before, after = cramers_v(one, two), cramers_v(shuffled, two)
    assert before is not None
    assert after is not None
    assert after[:3] == pytest.approx(before[:3], abs=1e-9)
    assert after.n == pytest.approx(before.n)
