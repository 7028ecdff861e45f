"""Differences of two rates against closed forms and simulation, and the adjustment for many of them."""

import math

import numpy as np
import pytest
from scipy import stats

from readiness.measures import paired
from readiness.measures.paired import Trials


def trials(hits: list[int], cluster: list[int] | None = None, label: int = 0) -> Trials:
    return Trials(
        np.full(len(hits), label, dtype=np.intp),
        np.array(range(len(hits)) if cluster is None else cluster, dtype=np.intp),
        np.array(hits, dtype=bool),
    )


def test_unclustered_pairs_give_the_matched_pairs_interval_of_agresti_and_min() -> None:
    before = [1] * 60 + [1] * 12 + [0] * 4 + [0] * 24
    after = [1] * 60 + [0] * 12 + [1] * 4 + [0] * 24
    found = paired.ratio_differences(trials(before), trials(after), 1)
    assert found.difference[0] == pytest.approx(-0.08)
    n, lost, gained = 102, 12.5, 4.5
    centre = (gained - lost) / n
    error = math.sqrt((lost + gained - (gained - lost) ** 2 / n) / n**2)
    t = stats.t.ppf(0.975, 17)
    assert found.lower[0] == pytest.approx(centre - t * error, abs=0.004)
    assert found.upper[0] == pytest.approx(centre + t * error, abs=0.004)


def test_clusters_that_change_as_a_whole_widen_the_interval() -> None:
    before, after = [1] * 80, [1] * 60 + [0] * 20
    alone = paired.ratio_differences(trials(before), trials(after), 1)
    cluster = [i // 10 for i in range(80)]
    bunched = paired.ratio_differences(trials(before, cluster), trials(after, cluster), 1)
    assert alone.p[0] < 0.001
    assert bunched.p[0] > 0.05
    assert bunched.clusters[0] == 8


def test_what_two_models_share_cancels_and_what_they_do_not_share_does_not() -> None:
    hits = [1, 0] * 50
    same = paired.ratio_differences(trials(hits), trials(hits), 1)
    apart = paired.ratio_differences(trials(hits), trials(hits, list(range(100, 200))), 1)
    assert same.difference[0] == apart.difference[0] == 0
    assert same.upper[0] < 0.05
    assert apart.upper[0] == pytest.approx(0.14, abs=0.01)


def test_labels_are_compared_each_by_itself_and_minus_one_is_left_out() -> None:
    one = Trials(np.array([0, 0, 1, 1, -1]), np.arange(5), np.array([1, 1, 0, 0, 1], dtype=bool))
    other = one._replace(hit=np.array([1, 0, 0, 1, 0], dtype=bool))
    found = paired.ratio_differences(one, other, 3)
    assert found.difference[:2].tolist() == [-0.5, 0.5]
    assert math.isnan(found.difference[2])
    assert found.n_before.tolist() == [2, 2, 0]


def test_no_trial_at_all() -> None:
    found = paired.ratio_differences(trials([]), trials([]), 2)
    assert np.isnan(found.difference).all()


@pytest.mark.parametrize(("images", "per", "rate"), [(30, 2, 0.9), (60, 4, 0.8), (150, 2, 0.95)])
def test_intervals_hold_and_equal_models_rarely_differ(images: int, per: int, rate: float) -> None:
    """Objects of one image share its difficulty, and both models share the object's: 600 evaluations at once."""
    rng = np.random.default_rng(7)
    repeats, cut = 600, stats.norm.ppf(rate)
    label = np.repeat(np.arange(repeats), images * per)
    cluster = np.tile(np.repeat(np.arange(images), per), repeats)
    hard = np.repeat(rng.normal(size=repeats * images), per)
    thing = rng.normal(size=label.size)

    def seen(limit: float) -> Trials:
        lone = math.sqrt(0.5) * thing + math.sqrt(0.5) * rng.normal(size=label.size)
        return Trials(label, cluster, math.sqrt(0.2) * hard + math.sqrt(0.8) * lone < limit)

    for other in (rate, rate - 0.1):
        found = paired.ratio_differences(seen(cut), seen(stats.norm.ppf(other)), repeats)
        held = (found.lower <= other - rate) & (other - rate <= found.upper)
        assert held.mean() >= 0.93
        if other == rate:
            assert (found.p < 0.05).mean() <= 0.06


def test_mcnemar_is_the_exact_sign_test() -> None:
    lost, gained = np.array([6.0, 10.0, 0.0, 3.0]), np.array([0.0, 3.0, 0.0, 3.0])
    wanted = [stats.binomtest(6, 6).pvalue, stats.binomtest(10, 13).pvalue, 1.0, 1.0]
    assert paired.mcnemar(lost, gained).tolist() == pytest.approx(wanted)


def test_changes_that_come_in_clusters_count_for_fewer() -> None:
    before, after = trials([1] * 12), trials([0] * 6 + [1] * 6)
    assert [one.tolist() for one in paired.changes(before, after, 1)] == [[6.0], [0.0]]
    cluster = np.array([0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3])
    lost, gained = paired.changes(before._replace(cluster=cluster), after._replace(cluster=cluster), 1)
    assert (lost.tolist(), gained.tolist()) == ([2.0], [0.0])


def test_adjusted_is_scipys_and_leaves_out_what_is_not_known() -> None:
    p = np.array([0.01, 0.04, np.nan, 0.03, 0.5])
    known = ~np.isnan(p)
    q = paired.adjusted(p)
    assert q[known].tolist() == pytest.approx(stats.false_discovery_control(p[known]).tolist())
    assert math.isnan(q[2])
    dependent = paired.adjusted(p, dependent=True)[known].tolist()
    assert dependent == pytest.approx(stats.false_discovery_control(p[known], method="by").tolist())
