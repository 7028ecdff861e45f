"""What of one picture stands in another: local features that survive crops, turns, tilts and mirroring."""

from collections.abc import Sequence
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
LEAST = 8
_SIDE = 256
_SMALLEST = 48
_FEWEST = 6
_FAR, _FARTHER = 64, 80
_REACH = 4.0
_OFF = 3.0
_STEPS = np.arange(-12, 13, 4, dtype=np.float32)
_GRID = np.array([(x, y) for x in _STEPS for y in _STEPS if x * x + y * y <= 150], dtype=np.float32)
_PATCH = 31.0


class Features(NamedTuple):
    """Local features: `points` (n, 2) float32, x and y as shares of width and height; `descriptors` (n, 4) uint64."""

    points: Points
    descriptors: Descriptors


NONE = Features(np.empty((0, 2), np.float32), np.empty((0, 4), np.uint64))


def features(pixels: Pixels) -> bytes:
    """Describe an image, shape (height, width, 3) BGR, by at most COUNT features of BYTES each, for `unpacked`.

    ORB (Rublee et al., ICCV 2011) on the image shrunk to 256 pixels. A descriptor says nothing of a mirrored patch,
    so each is taken of the patch or of its mirror image, whichever has the positive mixed second moment in the
    keypoint's own frame (as in MI-SIFT, Ma et al. 2010): mirrored pictures then have equal descriptors.
    """
    # Grey first: one channel to shrink instead of three.
    grey = shrunk(image.grey(pixels), _SIDE)
    if min(grey.shape) < _SMALLEST:
        return b""
    orb = cv2.ORB.create(nfeatures=COUNT, scaleFactor=1.3, nlevels=4, edgeThreshold=16, fastThreshold=7)
    found = orb.detect(grey, None)
    if not found:
        return b""
    plain = _handed(grey, found) >= 0
    width = grey.shape[1]
    mirrored = [
        cv2.KeyPoint(width - 1 - one.pt[0], one.pt[1], one.size, (180 - one.angle) % 360, one.response, one.octave)
        for one, straight in zip(found, plain.tolist(), strict=True)
        if not straight
    ]
    straight = [one for one, straight in zip(found, plain.tolist(), strict=True) if straight]
    points, descriptors = _described(orb, grey, straight)
    turned_points, turned = _described(orb, np.ascontiguousarray(grey[:, ::-1]), mirrored)
    turned_points[:, 0] = width - 1 - turned_points[:, 0]
    shares = (np.concatenate([points, turned_points]) + 0.5) / np.array([width, grey.shape[0]], dtype=np.float32)
    stored = np.clip(np.rint(shares * 65535), 0, 65535).astype("<u2")
    return stored.tobytes() + np.concatenate([descriptors, turned]).tobytes()


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
    if found is None:
        return None
    like = np.divmod(np.flatnonzero(bits <= _FARTHER), bits.shape[1])
    for _ in range(2):
        there = one @ found[:, :2].T + found[:, 2]
        near = ((there[like[0]] - two[like[1]]) ** 2).sum(axis=1) <= _REACH**2
        together = np.full_like(bits, _FARTHER + 1)
        together[like[0][near], like[1][near]] = bits[like[0][near], like[1][near]]
        rows, columns = _mutual(together, _FARTHER)
        found = _map(one[rows], two[columns])
        if found is None:
            return None
    if len(rows) < LEAST:
        return None
    shares: Matrix = found * np.array([1.0, 1.0, 1.0 / _SIDE])
    return shares


def _handed(grey: Pixels, found: Sequence[cv2.KeyPoint]) -> Floats:
    """Measure the mixed second moment of each patch in its keypoint's frame; mirroring turns its sign round."""
    calm = cv2.blur(grey, (5, 5))
    said = np.array([(*one.pt, one.angle, one.size) for one in found], dtype=np.float32)
    turn, scale = np.deg2rad(said[:, 2, None]), said[:, 3, None] / _PATCH
    along, across = scale * np.cos(turn), scale * np.sin(turn)
    x = np.rint(said[:, 0, None] + along * _GRID[:, 0] - across * _GRID[:, 1]).astype(np.intp)
    y = np.rint(said[:, 1, None] + across * _GRID[:, 0] + along * _GRID[:, 1]).astype(np.intp)
    height, width = calm.shape
    patches = calm[np.clip(y, 0, height - 1), np.clip(x, 0, width - 1)].astype(np.float32)
    moments: Floats = (patches - patches.mean(axis=1, keepdims=True)) @ _GRID.prod(axis=1)
    return moments


def _described(orb: cv2.ORB, grey: Pixels, chosen: Sequence[cv2.KeyPoint]) -> tuple[Points, Descriptors]:
    kept, descriptors = orb.compute(grey, chosen) if chosen else ((), None)
    if not kept:
        return NONE.points.copy(), NONE.descriptors
    points = np.array([one.pt for one in kept], dtype=np.float32)
    return points, np.ascontiguousarray(descriptors).view(np.uint64)


def _apart(first: Descriptors, second: Descriptors) -> Bits:
    """Count the bits in which descriptors differ, (n, m); column by column, for a sum over four is slow."""
    bits: Bits = np.zeros((len(first), len(second)), dtype=np.uint16)
    for column in range(first.shape[1]):
        bits += np.bitwise_count(first[:, column, None] ^ second[None, :, column])
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
    found, agreed = cv2.estimateAffine2D(one, two, method=cv2.RANSAC, ransacReprojThreshold=_OFF, maxIters=300)
    if found is None or int(agreed.sum()) < _FEWEST:
        return None
    straight: Matrix = found
    return straight
