"""Which images are the same picture: an exact digest of the pixels, and a DCT hash that knows flips and turns."""

import hashlib
from collections.abc import Iterator

import cv2
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
Hashes = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float64]
Pairs = npt.NDArray[np.int64]

ORIENTATIONS = 8
THUMB = 64
NEAR = 10
SAME = 0.87
_SIDE = 32
_LOW = 8
_FLAT = 1.0
_TEXTURE = 9.0
_LEAST = 8
_BLOCK = 2048
_ALTERNATE = np.where(np.arange(_LOW) % 2, -1.0, 1.0)
_WEIGHTS = np.left_shift(np.uint64(1), np.arange(_LOW * _LOW, dtype=np.uint64))


def pixel_digest(pixels: Pixels) -> str:
    """Name decoded pixels, shape (height, width, channels), by SHA-256 over shape and bytes."""
    total = hashlib.sha256(repr(pixels.shape).encode())
    total.update(np.ascontiguousarray(pixels).data)
    return total.hexdigest()


def orient(pixels: npt.NDArray[np.generic], orientation: int) -> npt.NDArray[np.generic]:
    """Flip and turn an image, shape (height, width, …), into one of its 8 orientations.

    Bit 2 transposes, then bit 1 mirrors up and down and bit 0 left and right; 0 leaves it as it is.
    """
    turned = pixels.swapaxes(0, 1) if orientation & 4 else pixels
    turned = turned[::-1] if orientation & 2 else turned
    return turned[:, ::-1] if orientation & 1 else turned


def perceptual(pixels: Pixels) -> Hashes | None:
    """Hash an image, shape (height, width, 3) BGR, in its 8 orientations: shape (8,), in the order of `orient`.

    pHash (Zauner 2010): the signs of the low 8x8 of a 32x32 DCT against their median, here without the mean term.
    A mirrored image has the same DCT with alternating signs, a transposed one the transposed DCT, so that one
    transform gives all eight. None for an image without structure, whose hash would be noise.
    """
    grey = cv2.cvtColor(cv2.resize(pixels, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY)
    if float(grey.std()) < _FLAT:
        return None
    low = cv2.dct(grey.astype(np.float64))[:_LOW, :_LOW]
    return np.array([_bits(_oriented(low, orientation)) for orientation in range(ORIENTATIONS)], dtype=np.uint64)


def near_pairs(hashes: Hashes, most: int = NEAR) -> Iterator[Pairs]:
    """Find all pairs of images whose hashes, shape (n, 8), differ in at most `most` of 64 bits in some orientation.

    Gives them block by block, shape (k, 4) int64: i < j, distance, and the orientation in which image i looks like
    `orient(j, orientation)`. Every pair is compared, so nothing is missed; memory stays bounded by the block.
    """
    for start in range(0, len(hashes), _BLOCK):
        first = hashes[start : start + _BLOCK, 0]
        for other in range(start, len(hashes), _BLOCK):
            second = hashes[other : other + _BLOCK]
            best = np.full((len(first), len(second)), 255, dtype=np.uint8)
            which = np.zeros_like(best)
            for orientation in range(ORIENTATIONS):
                distance = np.bitwise_count(first[:, None] ^ second[None, :, orientation])
                which[distance < best] = orientation
                np.minimum(best, distance, out=best)
            i, j = np.nonzero(best <= most)
            pairs = np.column_stack([i + start, j + other, best[i, j], which[i, j]]).astype(np.int64)
            yield pairs[pairs[:, 0] < pairs[:, 1]]


def thumbnail(pixels: Pixels) -> Pixels:
    """Give the grey picture that `agreement` compares: shape (64, 64), uint8, lightly smoothed."""
    small = cv2.cvtColor(cv2.resize(pixels, (THUMB, THUMB), interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY)
    return cv2.GaussianBlur(small, (0, 0), 0.7)  # type: ignore[no-any-return]


def agreement(first: Pixels, second: Pixels) -> Floats:
    """Tell how far pairs of thumbnails, shape (n, 64, 64) each, show the same thing everywhere: shape (n,), up to 1.

    The 10th percentile of the correlation within 8x8 blocks, over the blocks with any texture. Light, contrast and
    compression leave it near 1; like objects before another background, or another object before the same one,
    leave blocks that do not agree. On 310 pairs of copies of known origin (cones and cubes) it was 0.85 at least and
    0.95 for 98 % of them; on 11,000 pairs of different part crops with near hashes at most 0.85. SAME lies between.
    """
    one, two = _blocks(first), _blocks(second)
    power_1, power_2 = (one**2).mean(axis=2), (two**2).mean(axis=2)
    share = (one * two).mean(axis=2) / np.sqrt(power_1 * power_2 + 1e-9)
    power = np.maximum(power_1, power_2)
    floor = np.minimum(_TEXTURE, np.sort(power, axis=1)[:, -_LEAST:].min(axis=1))
    share = np.where(power >= floor[:, None], share, np.nan)
    worst: Floats = np.nanquantile(share, 0.1, axis=1)
    return worst


def _blocks(thumbs: Pixels) -> Floats:
    side = THUMB // _LOW
    cut = thumbs.astype(np.float64).reshape(-1, side, _LOW, side, _LOW).swapaxes(2, 3).reshape(len(thumbs), -1, 64)
    centred: Floats = cut - cut.mean(axis=2, keepdims=True)
    return centred


def _oriented(low: Floats, orientation: int) -> Floats:
    turned = low.T if orientation & 4 else low
    turned = turned * _ALTERNATE[:, None] if orientation & 2 else turned
    return turned * _ALTERNATE[None, :] if orientation & 1 else turned


def _bits(low: Floats) -> np.uint64:
    flat = low.reshape(-1)
    above = flat > np.median(flat[1:])
    above[0] = False
    total: np.uint64 = _WEIGHTS[above].sum(dtype=np.uint64)
    return total
