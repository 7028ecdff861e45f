"""Counts, rates and curves at any threshold, held against counting anew and against the bounds of one rate."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readiness.measures import intervals, operating
from readiness.measures.operating import Matches


def made(seed: int, answers: int = 120, classes: int = 3, images: int = 12) -> Matches:
    """Draw matches with many equal scores, clusters of several images, and a class without any."""
    rng = np.random.default_rng(seed)
    objects = int(rng.integers(0, 40))
    right = np.zeros(answers, dtype=bool)
    object_row, object_image = rng.integers(0, max(classes - 1, 1), objects), rng.integers(0, images, objects)
    row, image = rng.integers(0, max(classes - 1, 1), answers), rng.integers(0, images, answers)
    hit = int(rng.integers(0, min(objects, answers) + 1))
    row[:hit], image[:hit], right[:hit] = object_row[:hit], object_image[:hit], True
    order = rng.permutation(answers)
    score = np.round(rng.random(answers), 1)
    cluster = rng.integers(0, 5, images)
    return Matches(row[order], score, right[order], image[order], object_row, object_image, cluster, classes)


def counted(m: Matches, row: int, threshold: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Count right answers, answers and objects of a class, or of all, in each cluster."""
    of = (m.row == row) | (row == m.classes)
    keep = of & (m.score >= threshold)
    things = m.cluster[m.object_image[(m.object_row == row) | (row == m.classes)]]
    return (
        np.bincount(m.cluster[m.image[keep & m.right]], minlength=5).astype(float),
        np.bincount(m.cluster[m.image[keep]], minlength=5).astype(float),
        np.bincount(things, minlength=5).astype(float),
    )


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.floats(-0.05, 1.05), st.integers(0, 120))
def test_rates_at_a_threshold_are_those_of_counting_anew(seed: int, threshold: float, answers: int) -> None:
    m = made(seed, answers)
    ladder = operating.ladder(m)
    groups = np.arange(m.classes + 1)
    recall, precision = operating.moments(ladder, groups, operating.kept(ladder, np.full(groups.size, threshold)))
    for row, (one, other) in enumerate(zip(operating.rates(recall, 0.9), operating.rates(precision, 0.9), strict=True)):
        right, said, things = counted(m, row, threshold)
        for rate, trials in ((one, things), (other, said)):
            wanted = intervals.rate(right, trials, 0.9)
            assert (rate.hits, rate.n) == (wanted.hits, wanted.n)
            assert rate.n_effective == pytest.approx(wanted.n_effective, abs=0.011)
            assert (rate.lower, rate.upper) == pytest.approx((wanted.lower, wanted.upper), abs=1e-9)


def test_tallies_by_cell_sum_up_to_the_counts() -> None:
    m = made(3)
    ladder = operating.ladder(m)
    right, answers = operating.tallied(ladder, ladder.score >= 0.45)
    for row in range(m.classes + 1):
        mine = ladder.cell_group == row
        by_hand = counted(m, row, 0.45)
        for have, want in zip((right, answers, ladder.cell_objects), by_hand, strict=True):
            assert np.array_equal(np.bincount(ladder.cell_cluster[mine], have[mine], 5), want)


def test_the_best_answer_of_each_image_leads() -> None:
    m = made(4)
    ladder = operating.ladder(m)
    for row in range(m.classes):
        leading = ladder.leads & (ladder.group == row) & (ladder.score >= 0.7)
        assert leading.sum() == np.unique(m.image[(m.row == row) & (m.score >= 0.7)]).size


def test_the_curve_passes_through_counts_at_its_thresholds() -> None:
    m = made(5, answers=400)
    drawn = operating.curve(operating.ladder(m), m.classes, 0.95, 9)
    assert (
        list(drawn.threshold) == sorted(set(m.score.tolist()), reverse=True)[-drawn.threshold.size :]
        or (np.diff(drawn.threshold) < 0).all()
    )
    for at, threshold in enumerate(drawn.threshold):
        right, said, things = counted(m, m.classes, threshold)
        assert drawn.recall[at] == pytest.approx(right.sum() / things.sum())
        assert drawn.precision[at] == pytest.approx(right.sum() / said.sum())
        assert drawn.f1[at] == pytest.approx(2 * right.sum() / (things.sum() + said.sum()))
        wanted = intervals.rate(right, said)
        assert (drawn.precision_lower[at], drawn.precision_upper[at]) == pytest.approx((wanted.lower, wanted.upper))
    assert drawn.threshold[-1] == m.score.min()


def test_a_curve_of_nothing_is_empty() -> None:
    m = made(6)
    assert operating.curve(operating.ladder(m), m.classes - 1, 0.95).threshold.size == 0
