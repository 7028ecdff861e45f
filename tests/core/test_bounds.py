"""Three answers by bounds, and the count that would settle an open one, against a brute-force search with scipy."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from readiness.bounds import against_budget, against_floor, needed

shares = st.floats(0, 1)


@given(shares, shares, shares)
def test_a_floor_has_exactly_one_answer(one: float, other: float, floor: float) -> None:
    lower, upper = sorted((one, other))
    answer = against_floor(lower, upper, floor)
    assert (answer == "clear") == (lower >= floor)
    assert (answer == "found") == (upper < floor)


@given(shares, shares, shares)
def test_a_budget_has_exactly_one_answer(one: float, other: float, budget: float) -> None:
    lower, upper = sorted((one, other))
    answer = against_budget(lower, upper, budget)
    assert (answer == "clear") == (upper <= budget)
    assert (answer == "found") == (lower > budget)


def test_an_unbounded_side_decides_nothing() -> None:
    assert against_budget(None, None, 30) == "undecided"
    assert against_budget(5, None, 30) == "undecided"
    assert against_budget(40, None, 30) == "found"
    assert against_budget(None, 20, 30) == "clear"


@pytest.mark.parametrize(("floor", "count"), [(0.7, 9), (0.8, 14), (0.9, 29), (0.95, 59), (0.98, 149), (0.99, 299)])
def test_all_hits_from_nothing(floor: float, count: int) -> None:
    assert needed(0, 0, floor) == count


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 80), st.data(), st.sampled_from([0.5, 0.7, 0.8, 0.9, 0.95]), st.sampled_from([0.9, 0.95, 0.99]))
def test_needed_is_the_least_count_that_settles_it(
    n: int, data: st.DataObject, floor: float, confidence: float
) -> None:
    hits = data.draw(st.integers(0, n))
    if hits / n <= floor + 0.02:
        assert hits / n > floor or needed(hits, n, floor, confidence) is None
        return
    total = n
    while stats.binom.sf(math.floor(hits / n * total + 1e-9) - 1, total, floor) > 1 - confidence:
        total += 1
    assert needed(hits, n, floor, confidence) == total - n


def test_a_rate_too_close_to_its_floor_is_never_settled() -> None:
    assert needed(80_001, 100_000, 0.8) is None


def test_millions_of_trials_are_answered_at_once() -> None:
    assert needed(9_801_000, 10_000_000, 0.98) == 0
