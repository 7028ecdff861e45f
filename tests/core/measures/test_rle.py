"""Run-length masks: parity with pycocotools on random masks, and runs that are none."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycocotools import mask as oracle

from readiness.measures import rle

MASKS = st.tuples(st.integers(1, 60), st.integers(1, 60), st.integers(0, 2**32 - 1), st.sampled_from([0, 0.01, 0.5, 1]))


@settings(max_examples=200, deadline=None)
@given(MASKS)
def test_counts_area_and_box_are_those_of_pycocotools(said: tuple[int, int, int, float]):
    height, width, seed, share = said
    pixels = (np.random.default_rng(seed).random((height, width)) < share).astype(np.uint8)
    coded = oracle.encode(np.asfortranarray(pixels))
    runs = rle.counts(coded["counts"].decode())
    flat = np.repeat(np.arange(runs.size) % 2, runs)
    assert np.array_equal(flat.reshape(width, height).T, pixels)
    assert rle.area(runs) == oracle.area(coded) == pixels.sum()
    assert rle.box(runs, height) == tuple(oracle.toBbox(coded))
    assert np.array_equal(rle.counts(runs.tolist()), runs)


def test_large_masks_and_long_runs():
    pixels = np.zeros((3000, 4000), dtype=np.uint8)
    pixels[100:2900, 200:3900] = 1
    pixels[150:160, 300:310] = 0
    coded = oracle.encode(np.asfortranarray(pixels))
    runs = rle.counts(coded["counts"].decode())
    assert rle.area(runs) == pixels.sum()
    assert rle.box(runs, 3000) == (200, 100, 3700, 2800)
    assert runs.sum() == pixels.size


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_runs_or_refused(text: str):
    try:
        runs = rle.counts(text)
    except rle.BadRuns:
        return
    assert runs.size == 0 or runs.min() >= 0
    assert rle.area(runs) >= 0
    assert len(rle.box(runs, 7)) == 4


@pytest.mark.parametrize("said", [None, 5, [1.5, 2], [1, -2], [True, 2], ["1"], "é", " ", "P", "o" * 40 + "0", [2**70]])
def test_what_is_no_run_length_is_refused(said: object):
    with pytest.raises(rle.BadRuns):
        rle.counts(said)
