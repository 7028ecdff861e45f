"""Numbers out of class masks: the region of each value, and the values that only a resized or lossy mask can have."""

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
from scipy import ndimage

Values = npt.NDArray[np.uint8] | npt.NDArray[np.uint16]
Counts = npt.NDArray[np.intp]
Box = tuple[int, int, int, int]

THIN = 0.9
NOISE = 8
_AROUND = np.ones((3, 3), dtype=np.uint8)
# OpenCV counts in float32, which is exact up to 2 ** 24.
_BLOCK = 1 << 22
# To compare each value by itself is faster than ndimage for so few.
_FEW = 12


class Region(NamedTuple):
    """All pixels of one value: how many, and the box x y w h around them in pixels."""

    value: int
    pixels: int
    box: Box


def regions(values: Values) -> tuple[Region, ...]:
    """Give the region of every value in a mask, shape (height, width), dtype uint8 or uint16, values ascending."""
    counts = _counts(values)
    present = np.flatnonzero(counts).tolist()
    boxes = _boxes(values, present)
    return tuple(Region(value, int(counts[value]), boxes[value]) for value in present)


def stray(values: Values, *, ignore: int | None = None, lossy: bool = False) -> frozenset[int]:
    """Give the values of a mask, shape (height, width), dtype uint8 or uint16, that are no class but an artefact.

    Resizing with interpolation puts values between those of two regions onto their border. A value is such a seam when
    at least THIN of its pixels vanish under a 3x3 erosion and have a lower and a higher value among their 8 neighbours;
    a real thin class (a pole, an outline) mostly has one and the same class around it, or lies above or below both.
    Where there is one seam, where the file format is `lossy`, or where more than NOISE values and most of all are thin,
    every thin value counts: sharpening kernels overshoot, and JPEG rings. Pixels of value `ignore` are equal to all.

    The limit is from 51 masks drawn from COCO polygons, with ids as given and renumbered at random: for a real class
    the smaller of both shares is 0.12 at most, for seams of the same masks resized bilinearly by 0.5 to 4 nearly 1.
    """
    counts = _counts(values)
    if not lossy and np.count_nonzero(counts) <= 2:
        return frozenset()
    high, low = values, values
    if ignore is not None and ignore < counts.size:
        blank, least, most = values == ignore, values.dtype.type(0), values.dtype.type(np.iinfo(values.dtype).max)
        high, low = np.where(blank, least, values), np.where(blank, most, values)
    above, below = cv2.dilate(high, _AROUND) > values, cv2.erode(low, _AROUND) < values
    thin = _mostly(values, above | below, counts) - {ignore}
    if not thin:
        return thin
    seams = thin & _mostly(values, above & below, counts)
    noise = len(thin) > NOISE and 2 * len(thin) > np.count_nonzero(counts)
    return thin if seams or lossy or noise else frozenset()


def _mostly(values: Values, part: npt.NDArray[np.bool_], counts: Counts) -> frozenset[int]:
    """Give the values of which at least THIN of all pixels are in `part`; `counts` holds those by value."""
    here = _counts(values, part, counts.size)
    return frozenset(np.flatnonzero((counts > 0) & (here >= THIN * counts)).tolist())


def _counts(values: Values, part: npt.NDArray[np.bool_] | None = None, most: int = 0) -> Counts:
    """Count by value, of the pixels in `part` where that is given."""
    flat = values.reshape(1, -1)
    mask = None if part is None else part.reshape(1, -1).view(np.uint8)
    size = max(most, int(flat.max(initial=0)) + 1)
    counts = np.zeros(size, dtype=np.intp)
    for start in range(0, flat.size, _BLOCK):
        block = slice(start, start + _BLOCK)
        held = None if mask is None else mask[:, block]
        counts += cv2.calcHist([flat[:, block]], [0], held, [size], [0, size]).reshape(-1).astype(np.intp)
    return counts


def _boxes(values: Values, present: list[int]) -> dict[int, Box]:
    many = len(present) > _FEW
    # The lowest is asked for by itself anyhow: it may be 0, which is no object to ndimage.
    alone = present[:1] if many else present
    boxes = {value: cv2.boundingRect(np.equal(values, value).view(np.uint8)) for value in alone}
    found = enumerate(ndimage.find_objects(values), start=1) if many else ()
    return boxes | {value: _sides(*place) for value, place in found if place is not None}


def _sides(rows: slice, columns: slice) -> Box:
    return int(columns.start), int(rows.start), int(columns.stop - columns.start), int(rows.stop - rows.start)
