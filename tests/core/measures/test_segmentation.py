"""Pixels against hotcoco's semantic evaluation, bands against erosion class by class, and bounds that hold."""

import numpy as np
import pytest
from hotcoco.semantic import SemanticEval
from hypothesis import given, settings
from hypothesis import strategies as st

from readiness.bounds import bounded_by
from readiness.measures import segmentation

ROWS = 5


def maps(seed: int, height: int = 60, width: int = 80) -> tuple[np.ndarray, np.ndarray]:
    """Make a truth of blocks, some ignored (row ROWS), and an answer that is shifted and noisy."""
    rng = np.random.default_rng(seed)
    blocks = rng.integers(0, ROWS + 1, (height // 10, width // 10))
    truth = np.kron(blocks, np.ones((10, 10))).astype(np.uint8)
    answer = np.where(truth == ROWS, 0, np.roll(truth, int(rng.integers(0, 4)), axis=1))
    answer = np.where(rng.random(answer.shape) < 0.01, rng.integers(0, ROWS, answer.shape), answer)
    return truth, np.minimum(answer, ROWS - 1).astype(np.uint8)


@pytest.mark.parametrize("seed", range(8))
def test_figures_are_those_of_hotcoco(seed: int) -> None:
    theirs = SemanticEval(ROWS, ignore_index=ROWS)
    total, table = np.zeros((3, ROWS), dtype=np.int64), np.zeros((ROWS + 1, ROWS + 1), dtype=np.int64)
    for part in range(3):
        truth, answer = maps(10 * seed + part)
        theirs.update(truth, answer)
        cells = segmentation.confusion(truth, answer)
        table[cells.truth, cells.answer] += cells.pixels
        total += segmentation.tallies(cells, ROWS)
    assert (table[:ROWS, :ROWS] == theirs.confusion()).all()
    overlaps = segmentation.overlap(total)
    assert np.nanmean(overlaps) == pytest.approx(theirs.results()["mIoU"], abs=1e-12)
    assert np.nanmean(segmentation.divided(total[0], total[1])) == pytest.approx(theirs.results()["mAcc"], abs=1e-12)
    assert total[0].sum() / total[1].sum() == pytest.approx(theirs.results()["aAcc"], abs=1e-12)


def eroded(mask: np.ndarray, times: int) -> np.ndarray:
    """Take away what touches the outside by side or corner, over and over; beyond the frame is outside."""
    for _ in range(times):
        framed = np.pad(mask, 1)
        height, width = mask.shape
        parts = [framed[i : i + height, j : j + width] for i in range(3) for j in range(3)]
        mask = np.logical_and.reduce(parts)
    return mask


@pytest.mark.parametrize(("height", "width"), [(60, 80), (10, 10), (150, 240), (240, 30)])
def test_bands_are_those_of_erosion_class_by_class(height: int, width: int) -> None:
    truth, answer = maps(height, height, width)
    truth = np.where(truth == ROWS, 0, truth).astype(np.uint8)
    depth = max(1, round(0.02 * float(np.hypot(height, width))))
    found = segmentation.bands(truth, answer, ROWS)
    for row in range(ROWS):
        of, as_ = (mask & ~eroded(mask, depth) for mask in (truth == row, answer == row))
        assert found[:, row].tolist() == [(of & as_).sum(), of.sum(), as_.sum()]


@given(st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_an_answer_that_is_right_wherever_the_truth_speaks_is_perfect(seed: int) -> None:
    truth, guess = maps(seed)
    answer = np.where(truth == ROWS, guess, truth).astype(np.uint8)
    counts = segmentation.tallies(segmentation.confusion(truth, answer), ROWS)
    for overlaps in (segmentation.overlap(counts), segmentation.overlap(segmentation.bands(truth, answer, ROWS))):
        assert (overlaps[~np.isnan(overlaps)] == 1).all()


def test_an_answer_of_no_class_misses() -> None:
    truth = np.array([[0, 0, 1, 2]], dtype=np.uint8)
    answer = np.array([[0, 2, 0, 2]], dtype=np.uint8)
    counts = segmentation.tallies(segmentation.confusion(truth, answer), 2)
    assert counts.tolist() == [[1, 0], [2, 1], [2, 0]]


@given(
    st.lists(st.tuples(st.integers(0, 5000), st.floats(0, 1)), min_size=1, max_size=40), st.sampled_from((0.8, 0.95))
)
@settings(max_examples=80, deadline=None)
def test_pixels_are_never_worth_more_than_their_images(images: list[tuple[int, float]], confidence: float) -> None:
    trials = np.array([[n] for n, _ in images])
    hits = np.array([[round(n * share)] for n, share in images])
    (rate,) = segmentation.rates(hits, trials, confidence)
    assert rate.n_effective <= (trials > 0).sum() + 0.005
    assert bounded_by(rate.hits, rate.n, rate.n_effective, rate.lower, rate.upper, confidence)


def test_perfect_images_are_so_many_trials() -> None:
    (rate,) = segmentation.rates(np.full((14, 1), 90_000), np.full((14, 1), 90_000))
    assert (rate.n_effective, rate.upper) == (14.0, 1.0)
    assert rate.lower == pytest.approx(0.05 ** (1 / 14))
    (most,) = segmentation.rates(np.full((14, 1), 90_000), np.full((14, 1), 90_000), most=np.array([3]))
    assert most.n_effective == 3.0


@pytest.mark.parametrize("images", [5, 20, 100])
@pytest.mark.parametrize("kind", ["beta", "all or nothing", "mostly perfect"])
def test_bounds_hold_over_images_of_unequal_size(images: int, kind: str) -> None:
    rng = np.random.default_rng(images)
    shape = (images, 1500)
    share, true = {
        "beta": (rng.beta(9, 1, shape), 0.9),
        "all or nothing": ((rng.random(shape) < 0.9).astype(float), 0.9),
        "mostly perfect": (np.where(rng.random(shape) < 0.05, 0.3, 1.0), 0.965),
    }[kind]
    trials = rng.lognormal(8, 1, shape).astype(np.int64) + 1
    rates = segmentation.rates(np.rint(share * trials).astype(np.int64), trials)
    assert np.mean([rate.lower <= true for rate in rates]) >= 0.93
    assert np.mean([rate.upper >= true for rate in rates]) >= 0.93


@pytest.mark.parametrize("most", [3, 255, 256, 1023, 1024, 5000])
def test_any_number_of_rows_is_counted(most: int) -> None:
    truth = np.array([[0, most, most, most - 1]], dtype=np.uint16)
    answer = np.array([[0, most, 1, most]], dtype=np.uint16)
    cells = segmentation.confusion(truth, answer)
    found = {(int(t), int(a)): int(n) for t, a, n in zip(*cells, strict=True)}
    assert found == {(0, 0): 1, (most, most): 1, (most, 1): 1, (most - 1, most): 1}
