"""What one image looks like in numbers: light, sharpness, colour; measured on copies of bounded size."""

import math
from collections.abc import Sequence

import cv2
import msgspec
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]

LONGEST_SIDE = 512
# What copies are told by is taken of a picture half as large.
SMALL_SIDE = 256
SAMPLED_COLUMNS, SAMPLED_ROWS = 160, 80
GREY_CHROMA = 0.04
JPEG_CHROMA = 3.0
# Of the Laplacian's variance, what rounding to whole grey levels alone gives: 1/12 times the kernel's sum of squares.
_ROUNDING = 20 / 12
_EDGES = 20.0
# Of pictures with less contrast, rounding leaves no fine detail however sharp they are.
LEAST_SPREAD = 12.0
_LEAST_SIDE = 8
# Perceived brightness of HSP colour (Finley 2006), in the order blue, green, red.
_PERCEIVED = [(weight * np.arange(256.0) ** 2).astype(np.float32) for weight in (0.068, 0.691, 0.241)]
_WHITE = 255


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """Measures of one image.

    `luma`: mean of Rec. 601 luma, 0 to 255; `spread`: its standard deviation; `sharpness`: variance of the Laplacian
    (Pech-Pacheco et al., ICPR 2000); `detail`: that variance over the one at a quarter of the size or less, 0 where
    nothing is lost by shrinking four times, 1 where contrast does not suffice to tell; `shadow` and `highlight`:
    5th and 99th percentile of perceived brightness, 0 to 1; `entropy`: of the channels' histograms, bits, 0 to 8;
    `colourfulness`: Hasler and Suesstrunk (2003), 0 is grey; `chroma`: 99th percentile of the distance between the
    largest and the smallest channel. An image is grey when that is nothing beside its luma: the rounding of a JPEG
    is not colour, the faint colour of a dark image is.
    """

    luma: float
    spread: float
    sharpness: float
    colourfulness: float
    chroma: float
    detail: float = 1.0
    shadow: float = 0.5
    highlight: float = 0.5
    entropy: float = 8.0

    @property
    def is_grey(self) -> bool:
        return self.chroma <= min(GREY_CHROMA * self.luma, JPEG_CHROMA)


def look(pixels: Pixels) -> Look:
    """Measure an image, shape (height, width, 3) BGR uint8."""
    return look_with(pixels, grey(pixels))


def look_with(pixels: Pixels, small: Pixels) -> Look:
    """Measure an image of which `grey(pixels)` was made already: light and edges there, colours on some pixels."""
    mean, deviation = cv2.meanStdDev(small)
    sharpness = _edges(small)
    colours = _sampled(pixels)
    shadow, highlight = _brightness(colours)
    return Look(
        luma=round(float(mean[0, 0]), 2),
        spread=round(float(deviation[0, 0]), 2),
        sharpness=round(sharpness, 2),
        detail=_detail(small, sharpness) if deviation[0, 0] >= LEAST_SPREAD else 1.0,
        shadow=shadow,
        highlight=highlight,
        entropy=round(_entropy(colours), 3),
        colourfulness=round(_colourfulness(colours), 2),
        chroma=_chroma(colours),
    )


def grey(pixels: Pixels) -> Pixels:
    """Give the luma of an image, shape (height, width, 3) BGR or grey already, its longer side at most LONGEST_SIDE.

    Sharpness depends on the scale, so everything about it is measured there. Whole halves are averaged, which is
    ten times as fast as any other factor, and what remains is interpolated.
    """
    small: Pixels = pixels if pixels.ndim == 2 else cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
    while max(small.shape) >= 2 * LONGEST_SIDE:
        small = halved(small)
    return _resized(small, LONGEST_SIDE, cv2.INTER_LINEAR)


def halved(small: Pixels) -> Pixels:
    """Average 2x2 pixels of a grey image; an odd last row or column is left out, a single one stays."""
    height, width = (side // 2 * 2 if side > 1 else 1 for side in small.shape)
    size = (max(1, width // 2), max(1, height // 2))
    return cv2.resize(small[:height, :width], size, interpolation=cv2.INTER_AREA)  # type: ignore[no-any-return]


def shrunk(pixels: Pixels, longest: int) -> Pixels:
    """Shrink so that the longer side is at most `longest`; a smaller image stays as it is.

    By area averaging; down to a half, interpolation reads every pixel too and is five times as fast.
    """
    return _resized(pixels, longest, cv2.INTER_LINEAR if max(pixels.shape[:2]) <= 2 * longest else cv2.INTER_AREA)


def _resized(pixels: Pixels, longest: int, how: int) -> Pixels:
    height, width = pixels.shape[:2]
    factor = longest / max(height, width)
    if factor >= 1:
        return pixels
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    return cv2.resize(pixels, size, interpolation=how)  # type: ignore[no-any-return]


def _sampled(pixels: Pixels) -> Sequence[Pixels]:
    """Give the three planes of single pixels on a grid: they have the colours of the whole, averages would not."""
    height, width = pixels.shape[:2]
    size = (min(width, SAMPLED_COLUMNS), min(height, SAMPLED_ROWS))
    return cv2.split(cv2.resize(pixels, size, interpolation=cv2.INTER_NEAREST))


def _edges(small: Pixels) -> float:
    """Give the variance of the Laplacian, from sums: ten times as fast as cv2.meanStdDev of 16-bit numbers."""
    edges = cv2.Laplacian(small, cv2.CV_16S)
    mean = cv2.sumElems(edges)[0] / edges.size
    return float(cv2.norm(edges, cv2.NORM_L2SQR) / edges.size - mean**2)


def _detail(small: Pixels, sharpness: float) -> float:
    """Give what is left of the edges' strength in the finest detail; scale-free pictures have as much at each scale."""
    coarse = halved(halved(small))
    while max(coarse.shape) >= _LEAST_SIDE:
        if (edges := _edges(coarse)) >= _EDGES:
            return round(max(sharpness - _ROUNDING, 0.0) / edges, 4)
        coarse = halved(coarse)
    return 1.0


def _brightness(planes: Sequence[Pixels]) -> tuple[float, float]:
    squares = [cv2.LUT(plane, table) for plane, table in zip(planes, _PERCEIVED, strict=True)]
    perceived = cv2.convertScaleAbs(cv2.sqrt(cv2.add(cv2.add(squares[0], squares[1]), squares[2])))
    counts = _histogram(perceived)
    return round(_percentile(counts, 5) / _WHITE, 4), round(_percentile(counts, 99) / _WHITE, 4)


def _entropy(planes: Sequence[Pixels]) -> float:
    shares = np.stack([_histogram(plane) for plane in planes]) / planes[0].size
    shares = shares[shares > 0]
    return float((shares * -np.log2(shares)).sum() / len(planes))


def _chroma(planes: Sequence[Pixels]) -> float:
    blue, green, red = planes
    largest, smallest = cv2.max(cv2.max(blue, green), red), cv2.min(cv2.min(blue, green), red)
    return _percentile(_histogram(cv2.subtract(largest, smallest)), 99)


def _colourfulness(planes: Sequence[Pixels]) -> float:
    blue, green, red = planes
    rg = cv2.subtract(red, green, dtype=cv2.CV_16S)
    twice_yb = cv2.subtract(cv2.add(red, green, dtype=cv2.CV_16S), cv2.add(blue, blue, dtype=cv2.CV_16S))
    (rg_mean, rg_spread), (yb_mean, yb_spread) = (
        (float(mean[0, 0]), float(spread[0, 0])) for mean, spread in map(cv2.meanStdDev, (rg, twice_yb))
    )
    return math.hypot(rg_spread, yb_spread / 2) + 0.3 * math.hypot(rg_mean, yb_mean / 2)


def _histogram(plane: Pixels) -> Floats:
    return cv2.calcHist([plane], [0], None, [256], [0, 256]).reshape(-1).astype(np.float64)  # type: ignore[no-any-return]


def _percentile(counts: Floats, percent: int) -> float:
    """Give the value, out of 0 to 255, that so many per cent of all do not pass."""
    total = counts.cumsum()
    return float(np.searchsorted(total, total[-1] * percent / 100))
