"""What of one picture stands in another: local features that survive crops, turns, tilts and mirroring."""

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from readiness.measures import image
from readiness.measures.image import shrunk

Pixels = npt.NDArray[np.uint8]
Points = npt.NDArray[np.float32]
Descriptors = npt.NDArray[np.uint64]
Matrix = npt.NDArray[np.float64]
Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]
Bits = npt.NDArray[np.uint16]

COUNT = 200
BYTES = 36
LEAST = 6
_SIDE = 256
# Smaller pictures are one object before nothing: their few corners look like those of any other such object.
_SMALLEST = 96
_NARROWEST = 48
_FEWEST = 5
_FAR, _FARTHER = 72, 90
_REACH, _OFF = 5.0, 4.0
# No copy is squeezed so far in one direction, a turn between portrait and landscape included.
_NARROWER = 4.0
_PATCH = 31.0
_EDGE = 16
_COARSE = 2
_STEPS = np.arange(-12, 13, 3, dtype=np.float32)
_SPOTS = np.array([(x, y) for x in _STEPS for y in _STEPS if x * x + y * y <= 156], dtype=np.float32)
_MIRRORED = np.lexsort((-_SPOTS[:, 1], _SPOTS[:, 0]))
# Adds up to nothing over all spots, so that the light of a patch does not count.
_HAND = _SPOTS.prod(axis=1)


class Features(NamedTuple):
    """Local features: `points` (n, 2) float32, x and y as shares of width and height; `descriptors` (n, 4) uint64."""

    points: Points
    descriptors: Descriptors


NONE = Features(np.empty((0, 2), np.float32), np.empty((0, 4), np.uint64))


def features(pixels: Pixels) -> bytes:
    """Describe an image, shape (height, width, 3) BGR, by at most COUNT features of BYTES each, for `unpacked`.

    ORB's corners (Rublee et al., ICCV 2011) on the image shrunk to 256 pixels, each described by comparing spots of a
    grid around it that is turned with it, as in BRISK (Leutenegger et al., ICCV 2011). A mirrored patch has the same
    spots in another order. Of the two orders that one is taken whose mixed second moment is positive (as in MI-SIFT,
    Ma et al. 2010): mirrored pictures then have equal descriptors. Images under 96 pixels have none.
    """
    # Grey first: one channel to shrink instead of three.
    grey = shrunk(image.grey(pixels), _SIDE)
    if min(grey.shape) < (_NARROWEST if max(grey.shape) >= _SIDE else _SMALLEST):
        return b""
    orb = cv2.ORB.create(nfeatures=COUNT, scaleFactor=1.3, nlevels=3, edgeThreshold=_EDGE, fastThreshold=6)
    found = orb.detect(grey, None)
    if not found:
        return b""
    said = np.array([(*one.pt, one.angle, one.size, one.octave) for one in found], dtype=np.float32)
    spots = _spots(grey, said)
    straight = spots.astype(np.float32) @ _HAND >= 0
    spots = np.where(straight[:, None], spots, spots[:, _MIRRORED])
    by_spot = np.ascontiguousarray(spots.T)
    bits = np.packbits(by_spot[_COMPARED[0]] > by_spot[_COMPARED[1]], axis=0).T
    shares = (said[:, :2] + 0.5) / np.array(grey.shape[::-1], dtype=np.float32)
    stored = np.clip(np.rint(shares * 65535), 0, 65535).astype("<u2")
    return stored.tobytes() + np.ascontiguousarray(bits).tobytes()


def unpacked(data: bytes) -> Features:
    """Read what `features` gave; no bytes are no features."""
    count = len(data) // BYTES
    if count == 0:
        return NONE
    points = np.frombuffer(data, dtype="<u2", count=2 * count).reshape(count, 2) / np.float32(65535)
    return Features(points.astype(np.float32), np.frombuffer(data[4 * count :], dtype=np.uint64).reshape(count, 4))


def alignment(first: Features, second: Features) -> Matrix | None:
    """Give the map, shape (2, 3), that takes points of the first picture to those of the second, both as shares.

    Mutual nearest descriptors, an affine map by RANSAC, then all features that the map brings together; None with
    fewer than LEAST of them. Unrelated pictures reach that now and then: what the map says must be looked at.
    """
    if min(len(first.points), len(second.points)) < LEAST:
        return None
    bits = _apart(first.descriptors, second.descriptors)
    one, two = first.points * _SIDE, second.points * _SIDE
    rows, columns = _mutual(bits, _FAR)
    found = _map(one[rows], two[columns])
    for _ in range(2):
        if found is None:
            return None
        there = one @ found[:, :2].T + found[:, 2]
        off = np.square(there[:, 0, None] - two[:, 0]) + np.square(there[:, 1, None] - two[:, 1])
        rows, columns = _mutual(np.where(off <= _REACH**2, bits, _FARTHER + 1), _FARTHER)
        found = _map(one[rows], two[columns])
    if found is None:
        return None
    if len(rows) < LEAST:
        return None
    shares: Matrix = found * np.array([1.0, 1.0, 1.0 / _SIDE])
    return shares


def _spots(grey: Pixels, said: Points) -> Pixels:
    """Sample smoothed grey values around corners, (n, 5): x, y, angle, size, octave; shape (n, spots)."""
    turn, scale = np.deg2rad(said[:, 2, None]), said[:, 3, None] / _PATCH
    along, across = scale * np.cos(turn), scale * np.sin(turn)
    x = said[:, 0, None] + along * _SPOTS[:, 0] - across * _SPOTS[:, 1]
    y = said[:, 1, None] + across * _SPOTS[:, 0] + along * _SPOTS[:, 1]
    height = grey.shape[0]
    # Spots of large patches are larger: a smoother picture stands below the other, for one call to read both.
    both = cv2.vconcat([cv2.blur(grey, (5, 5)), cv2.blur(grey, (9, 9))])
    y = np.clip(y, 0, height - 1) + height * (said[:, 4, None] >= _COARSE)
    spots: Pixels = cv2.remap(both, x, y.astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return spots


def _compared() -> Rows:
    """Choose 256 pairs of spots that lie apart, shape (2, 256): strewn by a fixed rule, each way round in turn."""
    one, two = np.triu_indices(len(_SPOTS), 1)
    apart = np.hypot(*(_SPOTS[one] - _SPOTS[two]).T) >= 2 * (_STEPS[1] - _STEPS[0])
    one, two = one[apart], two[apart]
    chosen = np.argsort((one * 7919 + two * 104729 + one * two * 97) % 65521, kind="stable")[:256]
    pairs = np.stack([one[chosen], two[chosen]])
    pairs[:, 1::2] = pairs[::-1, 1::2]
    return pairs


_COMPARED = _compared()


def _apart(first: Descriptors, second: Descriptors) -> Bits:
    """Count the bits in which descriptors differ, (n, m); column by column, for a sum over four is slow."""
    bits: Bits = np.zeros((len(first), len(second)), dtype=np.uint16)
    for one, two in zip(first.T, second.T, strict=True):
        bits += np.bitwise_count(one[:, None] ^ two)
    return bits


def _mutual(bits: Bits, most: int) -> tuple[Rows, Rows]:
    """Pair rows and columns that are each other's nearest, at most `most` bits apart."""
    columns = bits.argmin(axis=1)
    rows = np.arange(len(columns))
    kept = (bits.argmin(axis=0)[columns] == rows) & (bits[rows, columns] <= most)
    return rows[kept], columns[kept]


def _map(one: Points, two: Points) -> Matrix | None:
    if len(one) < _FEWEST:
        return None
    # OpenCV seeds this with a constant, so that the answer is always the same.
    found, agreed = cv2.estimateAffine2D(one, two, method=cv2.USAC_MAGSAC, ransacReprojThreshold=_OFF, maxIters=1000)
    if found is None or int(agreed.sum()) < _FEWEST:
        return None
    long, short = np.linalg.svd(found[:, :2], compute_uv=False).tolist()
    if long > _NARROWER * short:
        return None
    straight: Matrix = found
    return straight
