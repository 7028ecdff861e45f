"""Whether two pictures that look alike are one: no part shows something else, and the colours are the same."""

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from readiness.measures import hashes, image

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.floating]
Mask = npt.NDArray[np.bool_]

DETAIL = 128
COLOURS = 16
_CELLS = 16
_THINNED = 5
_WEAK, _RELATIVE = 4.0, 0.01
_FEWEST = 8
# Up to a gain of 1.4, what is cut off at white on one picture is at least so bright on the other.
_WHITE, _BRIGHT, _ONE_SIDED = 250, 178, 4
# A picture with structure in less of it is an object before nothing: its outline and what stands on it must agree.
_SPARSE, _SPARSE_OTHER, _SPARSE_OFF, _SPARSE_WORST = 64, 0.2, 0.04, 3
_COUNTED, _MOSTLY_OFF = 0.5, 0.4
_OTHER, _WORST = 0.16, 4
_BEYOND_NOISE = 36.0
_LITTLE, _ONE_FRAME = 0.1, 10.0
_GREY = 3.0
_DARK, _FAINT = 20.0, 0.04
_BALANCE, _COLOUR_OFF = 0.3, 0.38


class Face(NamedTuple):
    """What a picture is compared by, all uint8 and of the whole picture.

    `thumbnail`: as hashes.thumbnail gives it, (64, 64); `detail`: grey, (128, 128); `colours`: BGR, (16, 16, 3).
    """

    thumbnail: Pixels
    detail: Pixels
    colours: Pixels

    def turned(self, orientation: int) -> "Face":
        """Turn all by hashes.orient."""
        thumbnail, detail, colours = (np.ascontiguousarray(hashes.orient(one, orientation)) for one in self)
        return Face(thumbnail, detail, colours)


def face(pixels: Pixels, small: Pixels | None = None) -> Face:
    """Give the face of a picture, grey or BGR; `small` is its grey picture, shrunk, where that was made already."""
    grey = image.grey(pixels) if small is None else small
    detail = cv2.resize(grey, (DETAIL, DETAIL), interpolation=cv2.INTER_AREA)
    # Area averaging of the whole picture would cost as much as decoding it; colours change slowly.
    sampled = cv2.resize(pixels, (DETAIL, DETAIL), interpolation=cv2.INTER_LINEAR)
    colours = cv2.resize(sampled, (COLOURS, COLOURS), interpolation=cv2.INTER_AREA)
    if colours.ndim == 2:
        colours = cv2.cvtColor(colours, cv2.COLOR_GRAY2BGR)
    # By whole halves shrinking costs next to nothing, and gives what it would give in one step.
    return Face(hashes.thumbnail(detail), detail.astype(np.uint8), colours.astype(np.uint8))


def proven(first: Face, second: Face) -> bool:
    """Tell whether two pictures that show the same frame, the second turned to the first, are one."""
    return coloured_alike(first.colours, second.colours) and alike(first.detail, second.detail)


def alike(
    first: Pixels, second: Pixels, valid: Mask | None = None, compared: Mask | None = None, *, part: bool = False
) -> bool:
    """Tell whether two details that lie on each other, shape (128, 128) each, differ by no more than copies do.

    Within 8x8 cells what is left of the structure of either picture beside the other's is held against what is left
    elsewhere: light, blur, noise, compression and a map that is a little off leave something everywhere, another
    text in the same form or another object before the same camera much in a few cells and nothing in the others.
    Where most of the picture is empty, what is left must be little. Pixels that are not `valid` do not count; of the
    cells with structure where the pictures can be `compared` at all, half must. Pictures of one frame, neither of them
    a `part` of a scene seen again, have to agree better.

    Of 2,000 copies of 107 photographs in 21 guises 9 are above a limit, most of them laid badly on their source; of
    250 neighbours in films and under a microscope 2; of 250 pairs of one form filled in differently all, by a factor
    of 1.1 at least, and of 4 before a fixed camera all, by 5.
    """
    compared = np.ones(first.shape, dtype=np.bool_) if compared is None else compared
    valid = compared if valid is None else valid & compared
    if not valid.any():
        return False
    one, two = _in_one_light(first, second, valid)
    left, power, counted = _cells(one, two, valid)
    floor = max(_WEAK, _RELATIVE * float(one[valid].var()))
    structured = counted & (power > floor)
    _, all_power, there = _cells(one, two, compared)
    if structured.sum() < max(_FEWEST, _COUNTED * (there & (all_power > floor)).sum()):
        return False
    off, strength = left[structured], power[structured]
    share = off / (strength + _WEAK)
    noise = np.median(left[counted]) + np.median(share) * strength + 1.0
    other = np.sort(np.minimum(share / _OTHER, off / noise / _BEYOND_NOISE))[-_WORST]
    if not part:
        other = max(other, np.sort(share * off / noise * (share > _LITTLE))[-_WORST] / _ONE_FRAME)
    if structured.sum() >= _SPARSE:
        return bool(other < 1 and off.sum() < _MOSTLY_OFF * strength.sum())
    # A few letters are all that tells two such objects apart.
    worst = np.sort(share)[-_SPARSE_WORST]
    return bool(other < _SPARSE_OTHER and worst < _OTHER and off.sum() < _SPARSE_OFF * strength.sum())


def cut_off(first: Pixels, second: Pixels) -> Mask:
    """Mark what exposure cut off at white on one of two grey pictures that lie on each other."""
    lost = [(one >= _WHITE) & (two >= _BRIGHT) & (two < _WHITE) for one, two in ((first, second), (second, first))]
    # Paper is white on both, and written on here and there.
    less, more = sorted(lost, key=np.count_nonzero)
    cut: Mask = more & (_ONE_SIDED * less.sum() <= more.sum())
    return cut


def coloured_alike(first: Pixels, second: Pixels, valid: Mask | None = None) -> bool:
    """Tell whether the colours of two pictures that lie on each other, (16, 16, 3) BGR each, may be the same.

    Compared are the differences between channels, as shares of the light, less one shift for all (white balance).
    A picture without colour may be a grey copy of any.
    """
    valid = np.ones(first.shape[:2], dtype=np.bool_) if valid is None else valid
    if not valid.any() or min(np.ptp(side[valid].astype(np.int64), axis=1).max() for side in (first, second)) <= _GREY:
        return True
    one, two = (_chroma(side[valid].astype(np.float64)) for side in (first, second))
    shift = np.median(one - two, axis=0)
    light = np.minimum(first[valid].mean(axis=1), second[valid].mean(axis=1))
    # In the dark the noise of a sensor or a JPEG has colours of its own.
    off = np.maximum(np.hypot(*(one - two - shift).T) - _GREY / (light + _DARK), 0.0)
    most = np.maximum(np.hypot(*one.T), np.hypot(*two.T))
    return bool(np.hypot(*shift) <= _BALANCE and off.sum() <= _COLOUR_OFF * max(most.sum(), _FAINT * len(most)))


def _chroma(colours: Floats) -> Floats:
    blue, green, red = colours.T
    chroma: Floats = np.column_stack([red - green, blue - green]) / (colours.mean(axis=1, keepdims=True) + _DARK)
    return chroma


def _in_one_light(first: Pixels, second: Pixels, valid: Mask) -> tuple[Floats, Floats]:
    """Give both in the light of the brighter one, cut off at white like it: the fit of its pixels that are not."""
    one, two = (cv2.GaussianBlur(side, (0, 0), 0.7).astype(np.float32) for side in (first, second))
    if one[valid].mean() < two[valid].mean():
        one, two = two, one
    fitted = valid & (one < _WHITE)
    if not fitted.any():
        fitted = valid
    # Neighbouring pixels say the same: a fifth of them, on diagonals, gives the same line.
    gain, offset = _line(two[fitted][::_THINNED], one[fitted][::_THINNED])
    return np.minimum(one, _WHITE), np.minimum(np.float32(gain) * two + np.float32(offset), _WHITE)


def _line(two: Floats, one: Floats) -> tuple[float, float]:
    """Fit one picture to the other by the nine tenths of the pixels that fit best."""
    off = one - two * _slope(two, one)
    off = np.abs(off - _quantile(off, 0.5))
    best = off <= _quantile(off, 0.9)
    gain = _slope(two[best], one[best])
    return gain, _quantile(one - gain * two, 0.5)


def _quantile(values: Floats, share: float) -> float:
    """Give a value of which so many are no larger: one that is there, for numpy.quantile is ten times as slow."""
    rank = int(share * (values.size - 1))
    return float(np.partition(values, rank)[rank])


def _slope(two: Floats, one: Floats) -> float:
    spread = float(two.var())
    return float(((one - one.mean()) * (two - two.mean())).mean()) / spread if spread > 0 else 1.0


def _cells(one: Floats, two: Floats, valid: Mask) -> tuple[Floats, Floats, Mask]:
    """Give per cell what differs, the structure of the picture with more, both as variances, and whether it counts."""
    shares = _cut(valid.astype(np.float32))
    counts = shares.sum(axis=1)
    centred = []
    for side in (one, two):
        cut = _cut(side)
        mean = (cut * shares).sum(axis=1) / np.maximum(counts, 1)
        centred.append((cut - mean[:, None]) * shares)
    left, power_1, power_2 = (
        (side**2).sum(axis=1) / np.maximum(counts, 1) for side in (centred[0] - centred[1], *centred)
    )
    return left, np.maximum(power_1, power_2), counts * 2 >= shares.shape[1]


def _cut(pixels: Floats) -> Floats:
    side = DETAIL // _CELLS
    cells: Floats = pixels.reshape(_CELLS, side, _CELLS, side).swapaxes(1, 2).reshape(_CELLS * _CELLS, side * side)
    return cells
