"""The search for weak slices: seeded ones are found and named simply, equal ones are not, by counts checked plainly."""

import numpy as np
import pytest
from scipy import stats

from drawn_slices import CAMERA, DAYTIME, LIGHT, SIZE, Made, draw, overlap
from readiness.measures import slice_search
from readiness.measures.slice_search import ALL, Cut, Rules, Trials

RULES = Rules()
ALONE = Rules(least_objects=1, least_clusters=1)


@pytest.mark.parametrize(
    "made",
    [
        Made(weak=(ALL, ((LIGHT, 0),)), drop=0.35),
        Made(weak=(0, ((LIGHT, 0),)), drop=0.35),
        Made(images=1500, weak=(ALL, ((LIGHT, 1), (SIZE, 0))), drop=0.4),
        Made(images=1500, weak=(0, ((CAMERA, 2), (SIZE, 0))), drop=0.5),
    ],
)
def test_a_seeded_weak_slice_is_the_one_that_is_named(made: Made) -> None:
    drawn = draw(made, np.random.default_rng(3))
    found = slice_search.search(drawn.trials, drawn.cuts, drawn.first, RULES)
    assert [(one.row, one.parts) for one in found.weak] == [made.weak]
    assert found.tested > 200
    assert all(one.q <= RULES.level for one in found.weak)


def test_two_weak_slices_are_both_named() -> None:
    drawn = draw(Made(images=1500, weak=(ALL, ((LIGHT, 0),)), drop=0.35), np.random.default_rng(5))
    also = slice_search.members(drawn.trials, drawn.cuts, 1, ((SIZE, 0),)) & ~drawn.weak
    hit = drawn.trials.hit & ~(also & (np.random.default_rng(6).random(also.size) < 0.4))
    found = slice_search.search(drawn.trials._replace(hit=hit), drawn.cuts, drawn.first, RULES)
    assert {(one.row, one.parts) for one in found.weak} == {(ALL, ((LIGHT, 0),)), (1, ((SIZE, 0),))}


def test_what_goes_with_the_weak_slice_is_explained_by_it() -> None:
    drawn = draw(Made(images=2000, weak=(ALL, ((LIGHT, 0),)), drop=0.4), np.random.default_rng(7))
    night = slice_search.members(drawn.trials, drawn.cuts, ALL, ((DAYTIME, 0),))
    assert slice_search.contrast(drawn.trials, night, RULES).p < 1e-6
    found = slice_search.search(drawn.trials, drawn.cuts, drawn.first, RULES)
    assert [one.parts for one in found.weak] == [((LIGHT, 0),)]


@pytest.mark.parametrize(
    "made", [Made(images=400), Made(images=400, recordings=40), Made(images=400, classes=12), Made(images=60)]
)
def test_equal_slices_are_not_called_weak(made: Made) -> None:
    rng = np.random.default_rng(8)
    drawn = [draw(made, rng) for _ in range(40)]
    named = [slice_search.search(one.trials, one.cuts, one.first, RULES).weak for one in drawn]
    assert sum(map(bool, named)) <= 2


def test_a_slice_weak_in_one_half_alone_is_not_confirmed() -> None:
    drawn = draw(Made(), np.random.default_rng(9))
    dark = slice_search.members(drawn.trials, drawn.cuts, ALL, ((LIGHT, 0),)) & drawn.first
    trials = drawn.trials._replace(hit=drawn.trials.hit & ~dark)
    assert slice_search.search(trials, drawn.cuts, drawn.first, RULES).weak == ()


def test_classes_of_unequal_recall_make_no_slice_weak() -> None:
    """Dark images hold the hard class only: over all classes they are missed more, class by class they are not."""
    rng = np.random.default_rng(10)
    dark = np.arange(2000) % 2 == 0
    row = np.where(rng.random(2000) < np.where(dark, 0.9, 0.1), 1, 0)
    trials = Trials(rng.random(2000) < np.where(row, 0.5, 0.95), row, np.arange(2000))
    cuts = (Cut(dark.astype(np.intp), 2), Cut(rng.integers(0, 2, 2000), 2))
    assert slice_search.search(trials, cuts, rng.random(2000) < 0.5, RULES).weak == ()


def test_the_contrast_of_independent_objects_is_near_fishers_exact_one() -> None:
    rng = np.random.default_rng(11)
    for _ in range(40):
        n, rate = int(rng.integers(60, 400)), rng.uniform(0.05, 0.5)
        hit, inside = rng.random(n) > rate, rng.random(n) < rng.uniform(0.1, 0.6)
        found = slice_search.contrast(Trials(hit, np.zeros(n, dtype=np.intp), np.arange(n)), inside, ALONE)
        table = [[(inside & ~hit).sum(), (inside & hit).sum()], [(~inside & ~hit).sum(), (~inside & hit).sum()]]
        exact = stats.fisher_exact(table, alternative="greater").pvalue
        assert found.effect == pytest.approx((~hit[inside]).mean() - (~hit[~inside]).mean())
        if found.effect > 0:
            assert 0.4 < (found.p + 1e-4) / (exact + 1e-4) < 2.5


def test_objects_that_are_missed_together_prove_less() -> None:
    rng = np.random.default_rng(12)
    once = rng.random(100) < np.where(np.arange(100) < 30, 0.6, 0.9)
    inside = np.arange(100) < 30
    single = Trials(once, np.zeros(100, dtype=np.intp), np.arange(100))
    copied = Trials(np.repeat(once, 5), np.zeros(500, dtype=np.intp), np.repeat(np.arange(100), 5), 1.0, 1.0)
    one, five = slice_search.contrast(single, inside, RULES), slice_search.contrast(copied, np.repeat(inside, 5), RULES)
    assert five.effect == pytest.approx(one.effect)
    assert five.p == pytest.approx(one.p, rel=0.3)


def test_a_slice_of_few_objects_or_clusters_is_not_told() -> None:
    hit = np.r_[np.zeros(30, dtype=bool), np.ones(200, dtype=bool)]
    inside, row = ~hit, np.zeros(230, dtype=np.intp)
    apart = Trials(hit, row, np.arange(230))
    together = apart._replace(cluster=np.r_[np.arange(30) % 4, np.arange(4, 204)])
    assert slice_search.contrast(apart, inside, RULES).p < 1e-9
    assert slice_search.contrast(together, inside, RULES).p == 1
    few = inside & (np.arange(230) < 19)
    assert slice_search.contrast(apart, few, RULES) == (0.0, 1.0)


@pytest.mark.parametrize("objects", [0, 1, 30])
def test_nothing_to_search_gives_nothing(objects: int) -> None:
    blank = np.zeros(objects, dtype=np.intp)
    trials = Trials(blank == 0, blank, np.arange(objects))
    for cuts in ((), (Cut(blank - 1, 1),), (Cut(blank, 1), Cut(blank, 2))):
        assert slice_search.search(trials, cuts, np.arange(objects) % 2 == 0, RULES) == (0, ())


def test_overlap_of_slices() -> None:
    assert overlap(np.array([True, True, False]), np.array([False, True, True])) == pytest.approx(1 / 3)
