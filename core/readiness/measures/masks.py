"""Numbers out of class masks: the region of each value, and the values that only a resized or lossy mask can have."""

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
from scipy import ndimage

Values = npt.NDArray[np.uint8] | npt.NDArray[np.uint16]
Counts = npt.NDArray[np.intp]

THIN = 0.9
NOISE = 8
_AROUND = np.ones((3, 3), dtype=np.uint8)
_BLOCK = 1 << 22


class Region(NamedTuple):
    """All pixels of one value: how many, and the box x y w h around them in pixels."""

    value: int
    pixels: int
    box: tuple[int, int, int, int]


def regions(values: Values) -> tuple[Region, ...]:
    """Give the region of every value in a mask, shape (height, width), dtype uint8 or uint16, values ascending."""
    counts = _counts(values)
    boxes = [_box(values == 0), *ndimage.find_objects(values)]
    return tuple(Region(value, int(counts[value]), _sides(boxes[value])) for value in np.flatnonzero(counts).tolist())


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
    high, low = values, values
    if ignore is not None:
        blank, least, most = values == ignore, values.dtype.type(0), values.dtype.type(np.iinfo(values.dtype).max)
        high, low = np.where(blank, least, values), np.where(blank, most, values)
    above, below = cv2.dilate(high, _AROUND) > values, cv2.erode(low, _AROUND) < values
    counts = _counts(values)
    thin = _mostly(values[above | below], counts) - {ignore}
    seams = thin & _mostly(values[above & below], counts)
    noise = len(thin) > NOISE and 2 * len(thin) > np.count_nonzero(counts)
    return thin if seams or lossy or noise else frozenset()


def _mostly(part: Values, counts: Counts) -> frozenset[int]:
    """Give the values of which at least THIN of all pixels are in `part`; `counts` holds those by value."""
    here = _counts(part, counts.size)
    return frozenset(np.flatnonzero((counts > 0) & (here >= THIN * counts)).tolist())


def _counts(values: Values, most: int = 0) -> Counts:
    """Count by value; in blocks, as bincount makes eight bytes of each pixel."""
    flat = values.reshape(-1)
    counts = np.zeros(max(most, int(flat.max(initial=0)) + 1), dtype=np.intp)
    for start in range(0, flat.size, _BLOCK):
        counts += np.bincount(flat[start : start + _BLOCK], minlength=counts.size)
    return counts


def _box(mask: npt.NDArray[np.bool_]) -> tuple[slice, slice] | None:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)) if rows.size else None


def _sides(place: tuple[slice, slice] | None) -> tuple[int, int, int, int]:
    assert place is not None
    rows, columns = place
    return int(columns.start), int(rows.start), int(columns.stop - columns.start), int(rows.stop - rows.start)
