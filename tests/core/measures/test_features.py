"""Local features: crops, tilts, turns and mirrored parts are brought together and laid on each other, others not."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from readiness.measures import features, hashes, overlap, proof
from readiness.measures.features import Pixels
from readiness.measures.overlap import Laid


def scene(seed: int, height: int = 300, width: int = 400) -> Pixels:
    """Patches of many sizes with corners in them, as unlike another seed's as two photographs."""
    rng = np.random.default_rng(seed)
    picture = np.full((height, width, 3), 90, dtype=np.uint8)
    for side in (150, 70, 30, 30, 14, 14, 14):
        for _ in range(9):
            x, y = int(rng.integers(width)), int(rng.integers(height))
            cv2.rectangle(picture, (x, y), (x + side, y + side // 2 + 4), rng.integers(0, 256, 3).tolist(), -1)
    light = cv2.resize(rng.integers(0, 256, (9, 12, 3), dtype=np.uint8), (width, height), interpolation=cv2.INTER_CUBIC)
    return cv2.GaussianBlur(cv2.addWeighted(picture, 0.75, light, 0.25, 0), (0, 0), 1.2)


def told(first: Pixels, second: Pixels) -> Laid | None:
    found = features.alignment(*(features.unpacked(features.features(one)) for one in (first, second)))
    return None if found is None else overlap.laid(proof.face(first), proof.face(second), found)


def crop(picture: Pixels, share: float) -> Pixels:
    height, width = picture.shape[:2]
    cut = share / 2
    return picture[int(cut * height) : int((1 - cut) * height), int(cut * width) : int((1 - cut) * width)].copy()


def warped(picture: Pixels, matrix: object) -> Pixels:
    return cv2.warpAffine(picture, np.array(matrix, dtype=np.float64), picture.shape[1::-1])


def holed(picture: Pixels) -> Pixels:
    out = picture.copy()
    out[90:180, 140:260] = 0
    return out


@pytest.mark.parametrize(
    ("change", "laid"),
    [
        (lambda p: crop(p, 0.2), Laid(0, part=True)),
        (lambda p: crop(p, 0.4), Laid(0, part=True)),
        (lambda p: warped(p, cv2.getRotationMatrix2D((200, 150), 15, 1)), Laid(0, part=True)),
        (lambda p: warped(p, [[1, 0.2, -30], [0, 1, 0]]), Laid(0, part=True)),
        (lambda p: crop(p, 0.2)[:, ::-1].copy(), Laid(1, part=True)),
        (lambda p: np.rot90(crop(p, 0.2)).copy(), Laid(5, part=True)),
        (lambda p: cv2.convertScaleAbs(p, alpha=0.8), Laid(0, part=False)),
        (holed, Laid(0, part=False)),
    ],
    ids=["crop20", "crop40", "rotated", "sheared", "mirrored-crop", "turned-crop", "darker", "cut-out"],
)
def test_parts_are_told_with_how_they_lie(change: Callable[[Pixels], Pixels], laid: Laid):
    found = [told(scene(seed), change(scene(seed))) for seed in range(10)]
    assert found.count(laid) >= 9
    assert set(found) <= {laid, None}


@pytest.mark.parametrize("orientation", range(8))
def test_the_orientation_is_that_of_the_hashes(orientation: int):
    first = scene(3, 320, 320)
    second = np.ascontiguousarray(hashes.orient(first, orientation))
    laid = told(first, second)
    assert laid is not None
    assert (hashes.orient(second, laid.orientation) == first).all()
    assert not laid.part


def test_both_ways_round_are_told_alike():
    whole, part = scene(4), crop(scene(4), 0.3)
    assert told(whole, part) == told(part, whole) == Laid(0, part=True)


def test_unrelated_pictures_are_not():
    assert [told(scene(seed), scene(seed + 1)) for seed in range(40)] == [None] * 40


def test_another_object_before_the_same_background_is_no_copy():
    first, second = scene(6), scene(6)
    cv2.circle(first, (110, 90), 50, (20, 20, 200), -1)
    cv2.circle(second, (290, 210), 50, (20, 200, 20), -1)
    assert told(first, second) is None


def test_nothing_to_describe_gives_no_features():
    for pixels in (np.zeros((200, 200, 3)), np.zeros((1, 1, 3)), np.zeros((3000, 20, 3)), np.full((47, 64, 3), 9)):
        assert features.features(pixels.astype(np.uint8)) == b""
    assert features.alignment(features.unpacked(b""), features.unpacked(features.features(scene(1)))) is None


def test_features_are_bounded_and_the_same_each_time():
    data = features.features(scene(9))
    assert data == features.features(scene(9))
    assert len(data) % features.BYTES == 0
    assert len(data) <= features.COUNT * features.BYTES
    described = features.unpacked(data)
    assert described.points.shape == (len(data) // features.BYTES, 2)
    assert 0 <= described.points.min() <= described.points.max() <= 1
