"""Bins of equal count: none too small, none that parts equal values, none that depends on order."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from readiness.measures import bins

values = st.lists(st.tuples(st.sampled_from([0.1, 0.2, 0.3, 0.5, 0.9]), st.integers(0, 2)), max_size=60)


def test_distinct_values_are_cut_into_equal_counts() -> None:
    numbers = np.random.default_rng(3).permutation(100).astype(float)
    found = bins.equal_counts(numbers, np.zeros(100, dtype=np.intp), 10, 7)
    assert np.bincount(found).tolist() == [10] * 10
    assert np.array_equal(found, numbers // 10)


def test_a_short_group_is_one_bin() -> None:
    group = np.array([0, 0, 1, 1, 1, 1], dtype=np.intp)
    assert bins.equal_counts(np.array([2.0, 1, 4, 3, 2, 1]), group, 8, 2).tolist() == [0, 0, 2, 2, 1, 1]


def test_nothing_has_no_bins() -> None:
    assert bins.equal_counts(np.zeros(0), np.zeros(0, dtype=np.intp), 8, 2).size == 0


@settings(max_examples=150, deadline=None)
@given(values, st.integers(1, 6), st.integers(1, 8))
def test_bins_hold_together(rows: list[tuple[float, int]], most: int, least: int) -> None:
    number = np.array([value for value, _ in rows], dtype=float)
    # Groups are numbered without a gap, as every caller numbers them.
    group = np.unique([group for _, group in rows], return_inverse=True)[1].astype(np.intp)
    found = bins.equal_counts(number, group, most, least)
    assert np.array_equal(np.unique(found), np.arange(found.max(initial=-1) + 1))
    for one in np.unique(group):
        mine, its = number[group == one], found[group == one]
        assert np.unique(its).size <= most
        order = np.argsort(mine, kind="stable")
        assert (np.diff(its[order]) >= 0).all()
        for value in np.unique(mine):
            assert np.unique(its[mine == value]).size == 1
        assert np.bincount(its - its.min()).min() >= min(least, mine.size)
    order = np.random.default_rng(len(rows)).permutation(number.size)
    assert np.array_equal(bins.equal_counts(number[order], group[order], most, least), found[order])
