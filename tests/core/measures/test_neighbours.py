"""Candidates out of many: near hashes against brute force, crowds that stay bounded, pictures that share words."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readiness.measures import hashes, neighbours
from readiness.measures.hashes import Hashes

SEEDS = st.integers(0, 10_000)


def near(table: Hashes, most: int = hashes.NEAR) -> list[list[int]]:
    return [pair for block in neighbours.near_pairs(table, most) for pair in block.tolist()]


def flipped(rng: np.random.Generator, bits: int) -> np.uint64:
    places = rng.choice(64, bits, replace=False).astype(np.uint64)
    return np.bitwise_or.reduce(np.left_shift(np.uint64(1), places))


def brute(table: Hashes, most: int) -> dict[tuple[int, int], int]:
    apart = np.bitwise_count(table[:, None, :1] ^ table[None]).min(axis=2)
    return {
        (i, j): int(apart[i, j]) for i in range(len(table)) for j in range(i + 1, len(table)) if apart[i, j] <= most
    }


@settings(max_examples=15, deadline=None)
@given(seed=SEEDS, most=st.sampled_from([0, 3, 10, 11]))
def test_near_pairs_are_those_of_brute_force(seed: int, most: int):
    rng = np.random.default_rng(seed)
    table = rng.integers(0, 2**64, (60, 8), dtype=np.uint64)
    for _ in range(40):
        i, j = np.sort(rng.choice(60, 2, replace=False))
        table[j, rng.integers(8)] = table[i, 0] ^ flipped(rng, int(rng.integers(most + 2)))
    found = near(table, most)
    assert {(i, j): apart for i, j, apart, _ in found} == brute(table, most)
    assert len(found) == len({(i, j) for i, j, _, _ in found})
    for i, j, apart, orientation in found:
        assert np.bitwise_count(table[i, 0] ^ table[j, orientation]) == apart


def test_blocks_and_steps_change_nothing(monkeypatch: pytest.MonkeyPatch):
    rng = np.random.default_rng(5)
    base = rng.integers(0, 2**64, (7, 8), dtype=np.uint64)
    table = np.array([base[row % 7] ^ flipped(rng, row % 4) for row in range(70)])
    whole = sorted(near(table))
    monkeypatch.setattr(neighbours, "_BLOCK", 9)
    monkeypatch.setattr(neighbours, "_STEP", 5)
    assert sorted(near(table)) == whole
    assert len(whole) == 7 * 45


def test_of_a_crowd_each_is_compared_with_the_last_before_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(neighbours, "_CROWD", 4)
    table = np.repeat(np.random.default_rng(1).integers(0, 2**64, (1, 8), dtype=np.uint64), 30, axis=0)
    assert {(i, j) for i, j, _, _ in near(table)} == {(i, j) for j in range(30) for i in range(max(0, j - 4), j)}


@pytest.mark.parametrize("count", [0, 1])
def test_few_images_have_no_pairs(count: int):
    assert near(np.zeros((count, 8), dtype=np.uint64)) == []


def test_the_likest_come_first_and_common_words_say_nothing():
    rng = np.random.default_rng(2)
    images = [rng.integers(0, 2**64, (50, 4), dtype=np.uint64) for _ in range(100)]
    common = rng.integers(0, 2**64, (1, 4), dtype=np.uint64)
    images = [np.concatenate([one, common]) for one in images]
    images[7][:20] = images[3][:20]
    images[9][:5] = images[3][:5]
    found, said = neighbours.Index(images).likest([images[3]], 8)[0]
    assert found.tolist() == [3, 7, 9]
    assert list(said) == sorted(said, reverse=True)
    assert neighbours.Index(images).likest([images[3]], 1)[0][0].tolist() == [3]
    assert neighbours.Index(images).likest([common], 8)[0][0].tolist() == []
