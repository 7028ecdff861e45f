"""AP by clusters against a plain account of it, its resamples against repeated answers, its intervals against truth."""

import numpy as np
import pytest

import made_up_ap
from readiness.measures import average_precision
from readiness.measures.average_precision import Judged


def plainly(right: np.ndarray, ignored: np.ndarray, objects: int) -> float:
    """Average as COCOeval.accumulate does."""
    right, wrong = right & ~ignored, ~right & ~ignored
    hits, misses = np.cumsum(right).astype(float), np.cumsum(wrong).astype(float)
    precision = hits / np.maximum(hits + misses, 1e-12)
    best = np.maximum.accumulate(precision[::-1])[::-1]
    at = np.searchsorted(hits / objects, np.linspace(0, 1, 101), side="left")
    return float(np.where(at < best.size, best[np.minimum(at, best.size - 1)], 0).mean()) if best.size else 0.0


def made(seed: int) -> Judged:
    rng = np.random.default_rng(seed)
    answers, objects, clusters, classes = 400, 130, 25, 4
    right = rng.uniform(size=(3, answers)) < np.linspace(0.7, 0.1, answers)
    ignored = ~right & (rng.uniform(size=(3, answers)) < 0.05)
    return Judged(
        rng.integers(0, classes, answers),
        rng.integers(0, clusters, answers),
        right,
        ignored,
        np.concatenate([rng.integers(0, classes - 1, objects), np.repeat(np.arange(classes - 1), 90)]),
        rng.integers(0, clusters, objects + 90 * (classes - 1)),
        classes,
        clusters,
    )


@pytest.mark.parametrize("block", [4_000_000, 300])
def test_each_class_and_level_is_cocos(monkeypatch: pytest.MonkeyPatch, block: int):
    monkeypatch.setattr(average_precision, "_BLOCK", block)
    judged = made(1)
    got = average_precision.resampled(judged, np.ones((judged.clusters, 5), dtype=np.float32))
    assert got.shape == (3, 4, 5)
    assert np.isnan(got[:, 3]).all()
    for row in range(3):
        mine = judged.row == row
        objects = int((judged.truth_row == row).sum())
        for level in range(3):
            wanted = plainly(judged.right[level, mine], judged.ignored[level, mine], objects)
            assert got[level, row] == pytest.approx([wanted] * 5, abs=1e-5)


def test_a_weight_is_so_many_copies():
    judged = made(2)
    weights = np.random.default_rng(3).integers(0, 4, (judged.clusters, 6)).astype(np.float32)
    got = average_precision.resampled(judged, weights)
    for draw in range(6):
        copies = weights[judged.cluster, draw].astype(int)
        objects = weights[judged.truth_cluster, draw]
        for row in range(3):
            mine = judged.row == row
            right = np.repeat(judged.right[1, mine], copies[mine])
            ignored = np.repeat(judged.ignored[1, mine], copies[mine])
            # Copies stand together: within them precision rises towards the last one, which is the one told.
            wanted = plainly(right, ignored, int(objects[judged.truth_row == row].sum()))
            assert got[1, row, draw] == pytest.approx(wanted, abs=0.02)


def test_draws_are_the_same_each_time_and_whole():
    weights = average_precision.resamples(30)
    assert weights.shape == (30, average_precision.RESAMPLES)
    assert (weights.sum(axis=0) == 30).all()
    assert (weights == average_precision.resamples(30)).all()


def test_an_interval_holds_its_value_and_stays_within_0_and_1():
    rng = np.random.default_rng(4)
    for value in (0.0, 0.02, 0.5, 0.98, 1.0):
        low, high = average_precision.interval(value, np.clip(rng.normal(value, 0.1, 200), 0, 1), 20)
        assert 0 <= low <= value <= high <= 1
    assert average_precision.interval(0.4, np.full(200, np.nan), 20) == (0.0, 1.0)


def test_intervals_hold_in_nine_of_ten_small_evaluations_and_more():
    """The whole table is among the benchmarks."""
    rng, held = np.random.default_rng(5), []
    for world in made_up_ap.WORLDS:
        true = made_up_ap.truly(rng, world, 1)
        for _ in range(50):
            low, high = made_up_ap.stated(made_up_ap.draw(rng, world, 60, 1))
            held.append(low <= true <= high)
    assert np.mean(held) >= 0.92
