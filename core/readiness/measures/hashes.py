"""Which images are the same picture: an exact digest of the pixels, and a DCT hash that knows flips and turns."""

import hashlib
import zlib

import cv2
import numpy as np
import numpy.typing as npt

from readiness.measures.image import grey

Pixels = npt.NDArray[np.uint8]
Hashes = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float64]
Blocks = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

ORIENTATIONS = 8
THUMB = 64
NEAR = 10
SAME = 0.87
_SIDE = 32
_LOW = 8
_FLAT = 1.0
_CRC_BLOCK = 1 << 16
_TEXTURE = 9.0
_LEAST = 8
_ENOUGH = 0.5
_ALTERNATE = np.where(np.arange(_LOW) % 2, -1.0, 1.0)


def pixel_digest(pixels: Pixels) -> str:
    """Name decoded pixels, shape (height, width, channels), by SHA-256 over shape and the CRC-32 of every 64 KiB.

    Pixels that differ within one block only share their name by a chance of 2^-32, and never where the difference is
    within 32 bits; a whole SHA-256 costs three times as much, half of what decoding does.
    """
    data = np.ascontiguousarray(pixels).reshape(-1).data
    total = hashlib.sha256(repr(pixels.shape).encode())
    for start in range(0, len(data), _CRC_BLOCK):
        total.update(zlib.crc32(data[start : start + _CRC_BLOCK]).to_bytes(4, "little"))
    return total.hexdigest()


def orient(pixels: npt.NDArray[np.generic], orientation: int) -> npt.NDArray[np.generic]:
    """Flip and turn an image, shape (height, width, …), into one of its 8 orientations.

    Bit 2 transposes, then bit 1 mirrors up and down and bit 0 left and right; 0 leaves it as it is.
    """
    turned = pixels.swapaxes(0, 1) if orientation & 4 else pixels
    turned = turned[::-1] if orientation & 2 else turned
    return turned[:, ::-1] if orientation & 1 else turned


def perceptual(pixels: Pixels) -> Hashes | None:
    """Hash an image, BGR or grey, in its 8 orientations: shape (8,), in the order of `orient`.

    pHash (Zauner 2010): the signs of the low 8x8 of a 32x32 DCT against their median, here without the mean term.
    A mirrored image has the same DCT with alternating signs, a transposed one the transposed DCT, so that one
    transform gives all eight. None for an image without structure, whose hash would be noise.
    """
    small = _small(pixels, _SIDE)
    if cv2.meanStdDev(small)[1][0, 0] < _FLAT:
        return None
    low = cv2.dct(small.astype(np.float64))[:_LOW, :_LOW]
    turned = np.stack([_oriented(low, orientation) for orientation in range(ORIENTATIONS)]).reshape(ORIENTATIONS, -1)
    # Of the 63 without the mean term, the middle one.
    above = turned > np.partition(turned[:, 1:], _LOW * _LOW // 2 - 1, axis=1)[:, _LOW * _LOW // 2 - 1, None]
    above[:, 0] = False
    return np.packbits(above, axis=1, bitorder="little").view("<u8")[:, 0].astype(np.uint64)


def thumbnail(pixels: Pixels) -> Pixels:
    """Give the grey picture that `agreement` compares: shape (64, 64), uint8, lightly smoothed."""
    return cv2.GaussianBlur(_small(pixels, THUMB), (0, 0), 0.7)  # type: ignore[no-any-return]


def agreement(first: Pixels, second: Pixels, valid: Mask | None = None) -> Floats:
    """Tell how far pairs of thumbnails, shape (n, 64, 64) each, show the same thing everywhere: shape (n,), up to 1.

    The 10th percentile of the correlation within 8x8 blocks, over the blocks with any texture. Light, contrast and
    compression leave it near 1; like objects before another background, or another object before the same one,
    leave blocks that do not agree. On 310 pairs of copies of known origin (cones and cubes) it was 0.85 at least and
    0.95 for 98 % of them; on 11,000 pairs of different part crops with near hashes at most 0.85. SAME lies between.
    Pixels that are not `valid`, same shape, do not count, nor do blocks of which less than half is.
    """
    shares = _blocks(np.ones(first.shape) if valid is None else valid)
    one, two = _centred(_blocks(first), shares), _centred(_blocks(second), shares)
    counts = shares.sum(axis=2)
    power_1, power_2 = ((side**2).sum(axis=2) / np.maximum(counts, 1) for side in (one, two))
    share = (one * two).sum(axis=2) / np.maximum(counts, 1) / np.sqrt(power_1 * power_2 + 1e-9)
    power = np.where(counts >= _ENOUGH * _LOW * _LOW, np.maximum(power_1, power_2), -1.0)
    floor = np.minimum(_TEXTURE, np.sort(power, axis=1)[:, -_LEAST:].min(axis=1))
    return _tenth(share, power >= np.maximum(floor, 0.0)[:, None])


def _tenth(share: Floats, counted: Mask) -> Floats:
    """Give the 10th percentile of what counts of each row: as numpy.nanquantile does, but of all rows at once."""
    ordered = np.sort(np.where(counted, share, np.inf), axis=1)
    place = 0.1 * (counted.sum(axis=1) - 1)
    low = np.floor(place).astype(np.intp)
    rows = np.arange(len(share))
    below, above = ordered[rows, low], ordered[rows, np.ceil(place).astype(np.intp)]
    tenth: Floats = below + (place - low) * (above - below)
    return tenth


def _blocks(thumbs: npt.NDArray[np.generic]) -> Blocks:
    side = THUMB // _LOW
    cut = thumbs.astype(np.float32).reshape(-1, side, _LOW, side, _LOW).swapaxes(2, 3)
    blocks: Blocks = cut.reshape(len(thumbs), -1, _LOW * _LOW)
    return blocks


def _centred(blocks: Blocks, shares: Blocks) -> Blocks:
    mean = (blocks * shares).sum(axis=2, keepdims=True) / np.maximum(shares.sum(axis=2, keepdims=True), 1)
    centred: Blocks = (blocks - mean) * shares
    return centred


def _oriented(low: Floats, orientation: int) -> Floats:
    turned = low.T if orientation & 4 else low
    turned = turned * _ALTERNATE[:, None] if orientation & 2 else turned
    return turned * _ALTERNATE[None, :] if orientation & 1 else turned


def _small(pixels: Pixels, side: int) -> Pixels:
    return cv2.resize(grey(pixels), (side, side), interpolation=cv2.INTER_AREA)  # type: ignore[no-any-return]
