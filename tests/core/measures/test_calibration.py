"""Calibration error: by hand, against equal-width bins of another tool's formula, and its interval in simulation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtri

from readiness.measures import bins, calibration
from readiness.measures.calibration import Errors


def measured(scores: np.ndarray, right: np.ndarray, place: np.ndarray, cluster: np.ndarray | None = None) -> Errors:
    group = np.zeros(scores.size, dtype=np.intp)
    own = np.arange(scores.size) if cluster is None else cluster
    found = calibration.binned(scores, right, group, place)
    return calibration.errors(scores, right, place, own, found, 1)


def answers(seed: int, n: int, shift: float, per_image: float, alike: float) -> tuple[np.ndarray, ...]:
    """Make scores, rights and images; each answer is right by its score plus `shift`, those of an image alike."""
    rng = np.random.default_rng(seed)
    image = np.sort(rng.integers(0, max(1, int(n / per_image)), n))
    scores = 0.3 + 0.69 * rng.beta(1.2, 1.2, n)
    chance = np.clip(scores + shift, 0.001, 0.999)
    noise = np.sqrt(alike) * rng.normal(size=n)[image] + np.sqrt(1 - alike) * rng.normal(size=n)
    return scores, noise < ndtri(chance), chance, image


def test_two_bins_by_hand() -> None:
    scores = np.repeat([0.5, 0.9], 50)
    right = np.r_[np.ones(20), np.zeros(30), np.ones(35), np.zeros(15)].astype(bool)
    found = measured(scores, right, np.repeat([0, 1], 50).astype(np.intp))
    assert found.plain[0] == pytest.approx((0.1 + 0.2) / 2)
    assert found.lower[0] <= found.error[0] <= found.plain[0] <= found.upper[0]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 300))
def test_the_plain_error_is_that_of_equal_width_bins(seed: int, n: int) -> None:
    """With ten bins of equal width it is the expected calibration error of Naeini et al., bin by bin."""
    scores, right, _, _ = answers(seed, n, 0.0, 4.0, 0.2)
    width = np.minimum((scores * 10).astype(int), 9)
    wanted = 0.0
    for one in range(10):
        inside = width == one
        if inside.any():
            wanted += inside.mean() * abs(right[inside].mean() - scores[inside].mean())
    place = np.unique(width, return_inverse=True)[1].astype(np.intp)
    assert measured(scores, right, place).plain[0] == pytest.approx(wanted)


def test_groups_are_measured_as_if_alone() -> None:
    parts = [answers(seed, 200, shift, 4.0, 0.2) for seed, shift in ((1, 0.0), (2, -0.2))]
    places = [bins.equal_counts(part[0], np.zeros(200, dtype=np.intp), 10, 20) for part in parts]
    alone = [measured(part[0], part[1], place, part[3]) for part, place in zip(parts, places, strict=True)]
    scores, right, _, image = (np.concatenate(column) for column in zip(*parts, strict=True))
    group = np.repeat([0, 1], 200).astype(np.intp)
    place = bins.equal_counts(scores, group, 10, 20)
    found = calibration.binned(scores, right, group, place)
    together = calibration.errors(scores, right, place, image, found, 2)
    for at, one in enumerate(alone):
        assert [values[at] for values in together] == pytest.approx([values[0] for values in one])


def test_more_answers_of_the_same_images_do_not_narrow_the_interval() -> None:
    scores, right, _, image = answers(5, 300, -0.15, 3.0, 0.2)
    place = bins.equal_counts(scores, np.zeros(300, dtype=np.intp), 10, 20)
    once = measured(scores, right, place, image)
    twice = measured(np.tile(scores, 2), np.tile(right, 2), np.tile(place, 2), np.tile(image, 2))
    assert twice.upper[0] - twice.lower[0] >= 0.95 * (once.upper[0] - once.lower[0])


@pytest.mark.parametrize("shift", [0.0, -0.1])
def test_the_interval_holds_and_the_bias_is_taken_off(shift: float) -> None:
    """The long table stands in tests/bench/test_calibration_coverage.py."""
    held, plain, corrected, true = [], [], [], []
    for seed in range(120):
        scores, right, chance, image = answers(seed, 300, shift, 4.0, 0.25)
        place = bins.equal_counts(scores, np.zeros(300, dtype=np.intp), 10, 20)
        found = measured(scores, right, place, image)
        distance = np.abs(np.bincount(place, chance - scores)).sum() / 300
        held.append(found.lower[0] <= distance <= found.upper[0])
        plain.append(found.plain[0])
        corrected.append(found.error[0])
        true.append(distance)
    assert np.mean(held) >= 0.93
    assert abs(np.mean(corrected) - np.mean(true)) < abs(np.mean(plain) - np.mean(true)) + 0.005


def test_one_image_tells_no_interval() -> None:
    scores, right, _, _ = answers(1, 100, 0.0, 4.0, 0.2)
    found = measured(scores, right, np.zeros(100, dtype=np.intp), np.zeros(100, dtype=np.intp))
    assert np.isnan(found.lower[0])
    assert np.isnan(found.upper[0])
