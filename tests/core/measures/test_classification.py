"""Scores of a classifier against figures that scikit-learn 1.9.1 gave of the same, and against brute force."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readiness.measures import classification


@pytest.fixture(scope="module")
def made() -> tuple[np.ndarray, np.ndarray]:
    """Make 400 images of 7 classes, seed 3; scikit-learn was asked about exactly these."""
    rng = np.random.default_rng(3)
    rng.integers(0, 10**6, (400, 7))
    shares = np.round(rng.random((400, 7)), 6)
    truth = rng.integers(0, 7, 400)
    shares[np.arange(400), truth] += 0.3
    return shares / shares.sum(axis=1, keepdims=True), truth


def test_figures_are_those_of_scikit_learn(made: tuple[np.ndarray, np.ndarray]) -> None:
    shares, truth = made
    rank = classification.ranks(shares, truth)
    assert [float((rank <= k).mean()) for k in (1, 2, 3, 5)] == [0.475, 0.6, 0.745, 0.9525]
    assert classification.are_shares(shares)
    assert classification.log_loss(shares, truth) == pytest.approx(1.590987168062922, abs=1e-12)

    assert classification.brier(shares, truth) == pytest.approx(0.7537867479208574, abs=1e-12)
    assert classification.auc(shares, truth) == pytest.approx(
        [
            0.8073217726396917,
            0.7877056277056278,
            0.779640780730897,
            0.7341954022988506,
            0.7591759756274481,
            0.7922745358090185,
            0.7895652173913043,
        ],
        abs=1e-12,
    )
    f1 = classification.f1(truth, shares.argmax(axis=1), 7)
    assert np.mean(f1) == pytest.approx(0.4752064461238176, abs=1e-12)


@given(st.integers(0, 10_000))
@settings(max_examples=40, deadline=None)
def test_areas_are_the_chance_of_the_right_order(seed: int) -> None:
    rng = np.random.default_rng(seed)
    scores, truth = rng.integers(0, 4, (25, 3)) / 4, rng.integers(0, 3, 25)
    for row, area in enumerate(classification.auc(scores, truth)):
        ins, outs = scores[truth == row, row], scores[truth != row, row]
        pairs = [(a > b) + 0.5 * (a == b) for a in ins for b in outs]
        assert area == pytest.approx(np.mean(pairs), abs=1e-12) if pairs else np.isnan(area)


def test_a_tie_is_not_right_by_the_order_of_columns() -> None:
    scores = np.array([[0.5, 0.5, 0.0], [0.5, 0.5, 0.0], [0.2, 0.2, 0.6]])
    assert classification.ranks(scores, np.array([0, 1, 2])).tolist() == [2, 2, 1]


def test_a_class_without_a_score_has_no_area() -> None:
    scores = np.array([[0.9, np.nan], [0.1, np.nan]])
    area = classification.auc(scores, np.array([0, 1]))
    assert area[0] == 1.0
    assert np.isnan(area[1])


def test_what_sums_to_anything_is_no_share() -> None:
    assert not classification.are_shares(np.array([[0.9, 0.9]]))
    assert not classification.are_shares(np.array([[1.2, -0.2]]))
    assert not classification.are_shares(np.array([[np.nan, 1.0]]))


def test_an_answer_of_no_class_counts_against_recall_alone() -> None:
    f1 = classification.f1(np.array([0, 0, 1]), np.array([0, -1, 1]), 3)
    assert f1[:2].tolist() == [pytest.approx(2 / 3), 1.0]
    assert np.isnan(f1[2])
