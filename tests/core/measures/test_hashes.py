"""Picture hashes: exact digests, the eight orientations, agreement of thumbnails."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readiness.measures import hashes, neighbours
from readiness.measures.hashes import Hashes, Pixels

SEEDS = st.integers(0, 10_000)


def scene(seed: int, height: int = 240, width: int = 320):
    """Smooth patches of many sizes, as unlike another seed's as two photographs."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (7, 9, 3), dtype=np.uint8)
    fine = rng.integers(0, 256, (60, 80, 3), dtype=np.uint8)
    one, two = (cv2.resize(part, (width, height), interpolation=cv2.INTER_CUBIC) for part in (coarse, fine))
    return cv2.addWeighted(one, 0.7, two, 0.3, 0)


def near(table: Hashes) -> list[list[int]]:
    return sorted(pair for block in neighbours.near_pairs(table) for pair in block.tolist())


def agreed(first: Pixels, second: Pixels):
    return float(hashes.agreement(hashes.thumbnail(first)[None], hashes.thumbnail(second)[None])[0])


def test_the_digest_knows_the_shape():
    wide, tall = np.zeros((20, 40, 3), np.uint8), np.zeros((40, 20, 3), np.uint8)
    assert hashes.pixel_digest(wide) != hashes.pixel_digest(tall)
    assert hashes.pixel_digest(wide) == hashes.pixel_digest(wide[:, ::-1])


def test_the_eight_orientations_are_all_flips_and_turns():
    picture = np.arange(6).reshape(2, 3)
    turned = {hashes.orient(picture, one).tobytes() + bytes(hashes.orient(picture, one).shape) for one in range(8)}
    wanted = {
        np.rot90(side, turn).tobytes() + bytes(np.rot90(side, turn).shape)
        for side in (picture, picture[:, ::-1])
        for turn in range(4)
    }
    assert turned == wanted


@settings(max_examples=20, deadline=None)
@given(seed=SEEDS, orientation=st.integers(0, 7))
def test_one_transform_gives_the_hash_of_every_orientation(seed: int, orientation: int):
    picture = scene(seed, 256, 256)
    real = hashes.perceptual(np.ascontiguousarray(hashes.orient(picture, orientation)))
    assert np.bitwise_count(real[0] ^ hashes.perceptual(picture)[orientation]) <= 2


def test_a_picture_without_structure_has_no_hash():
    assert hashes.perceptual(np.full((50, 60, 3), 128, np.uint8)) is None


@pytest.mark.parametrize(
    "change",
    [
        lambda p: cv2.imdecode(cv2.imencode(".jpg", p, [cv2.IMWRITE_JPEG_QUALITY, 40])[1], cv2.IMREAD_COLOR),
        lambda p: cv2.convertScaleAbs(p, alpha=0.75, beta=10),
        lambda p: cv2.GaussianBlur(p, (0, 0), 1.5),
        lambda p: cv2.resize(p, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA),
        lambda p: p[:, ::-1].copy(),
        lambda p: np.rot90(p).copy(),
    ],
    ids=["jpeg", "darker", "blurred", "halved", "mirrored", "turned"],
)
def test_copies_are_near_and_agree(change: Callable[[Pixels], Pixels]):
    for seed in range(20):
        picture = scene(seed)
        pairs = near(np.stack([hashes.perceptual(change(picture)), hashes.perceptual(picture)]))
        assert len(pairs) == 1
        turned = np.ascontiguousarray(hashes.orient(hashes.thumbnail(picture), pairs[0][3]))
        assert float(hashes.agreement(hashes.thumbnail(change(picture))[None], turned[None])[0]) >= hashes.SAME


def test_different_pictures_are_neither_near_nor_agree():
    table = np.stack([hashes.perceptual(scene(seed)) for seed in range(80)])
    assert near(table) == []
    assert max(agreed(scene(seed), scene(seed + 1)) for seed in range(40)) < 0.5


def test_the_same_background_with_another_object_does_not_agree():
    first, second = scene(1), scene(1)
    cv2.circle(first, (80, 80), 45, (0, 0, 255), -1)
    cv2.rectangle(second, (150, 100), (260, 200), (0, 255, 0), -1)
    assert agreed(first, second) < hashes.SAME


def test_what_is_not_valid_does_not_count():
    one, two = hashes.thumbnail(scene(1))[None], hashes.thumbnail(scene(1))[None].copy()
    two[:, 16:48, 16:48] = 0
    valid = np.ones(one.shape, dtype=np.bool_)
    assert float(hashes.agreement(one, two, valid)[0]) < hashes.SAME
    valid[:, 14:50, 14:50] = False
    assert float(hashes.agreement(one, two, valid)[0]) > 0.99
    assert hashes.agreement(one, one, valid) == pytest.approx(hashes.agreement(one, one), abs=1e-6)
