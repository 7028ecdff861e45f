"""Whether the 95 % interval of the calibration error holds: by size, kind of miscalibration, likeness in images."""

import numpy as np
import pytest
from scipy.special import expit, logit, ndtri

from readiness.measures import bins, calibration

pytestmark = pytest.mark.bench

RUNS = 400
LEAST = 0.93
SHAPES = {
    "calibrated": lambda s: s,
    "slightly over": lambda s: s - 0.03,
    "over": lambda s: s - 0.1,
    "tilted": lambda s: np.clip(s + (s - 0.65) * 0.6, 0.01, 0.99),
    "over at the top": lambda s: np.where(s > 0.85, s - 0.4, s),
    "too sharp": lambda s: expit(0.5 * logit(s)),
    "always right": np.ones_like,
}


def run(n: int, images: int, shape: str, alike: float, seed: int) -> tuple[float, ...]:
    """Give the distance that endless answers would show, then the plain error, the corrected one and its interval."""
    rng = np.random.default_rng(seed)
    image = np.sort(rng.integers(0, images, n))
    scores = 0.3 + 0.699 * rng.beta(1.2, 1.2, n)
    chance = SHAPES[shape](scores)
    noise = np.sqrt(alike) * rng.normal(size=images)[image] + np.sqrt(1 - alike) * rng.normal(size=n)
    right = noise < ndtri(chance)
    group = np.zeros(n, dtype=np.intp)
    place = bins.equal_counts(scores, group, 10, 20)
    found = calibration.errors(scores, right, place, image, calibration.binned(scores, right, group, place), 1)
    return float(np.abs(np.bincount(place, chance - scores)).sum() / n), *(float(one[0]) for one in found)


@pytest.mark.parametrize("alike", [0.0, 0.25])
@pytest.mark.parametrize(("n", "images"), [(60, 15), (100, 25), (300, 75), (1000, 250), (5000, 1250), (600, 6)])
def test_calibration_coverage(n: int, images: int, alike: float) -> None:
    print(f"\nn {n} of {images} images, correlation in them {alike}: held | true, plain, corrected | interval")
    for shape in SHAPES:
        runs = np.array([run(n, images, shape, alike, seed) for seed in range(RUNS)])
        true, plain, corrected, lower, upper = runs.T
        held = ((lower <= true + 1e-12) & (true <= upper + 1e-12)).mean()
        figures = ", ".join(f"{one.mean():.3f}" for one in (true, plain, corrected))
        print(f"{shape:16s} {held:.3f} | {figures} | {lower.mean():.3f} to {upper.mean():.3f}")
        assert held >= LEAST
