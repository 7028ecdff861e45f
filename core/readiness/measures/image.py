"""What one image looks like in numbers: light, sharpness, colour; measured on a copy of bounded size."""

import cv2
import msgspec
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]

LONGEST_SIDE = 512
COLOUR_SIDE = 256
GREY_CHROMA = 0.04
JPEG_CHROMA = 3.0


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """Measures of one image.

    `luma`: mean of Rec. 601 luma, 0 to 255; `spread`: its standard deviation; `sharpness`: variance of the Laplacian
    (Pech-Pacheco et al., ICPR 2000); `colourfulness`: Hasler and Suesstrunk (2003), 0 is grey; `chroma`: 99th
    percentile of the distance between the largest and the smallest channel. An image is grey when that is nothing
    beside its luma: the rounding of a JPEG is not colour, the faint colour of a dark image is.
    """

    luma: float
    spread: float
    sharpness: float
    colourfulness: float
    chroma: float

    @property
    def is_grey(self) -> bool:
        return self.chroma <= min(GREY_CHROMA * self.luma, JPEG_CHROMA)


def look(pixels: Pixels) -> Look:
    """Measure an image, shape (height, width, 3) BGR uint8.

    It is first shrunk so that its longer side is at most LONGEST_SIDE pixels: sharpness depends on the scale.
    """
    small = shrunk(pixels, LONGEST_SIDE)
    grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
    mean, deviation = cv2.meanStdDev(grey)
    _, edge = cv2.meanStdDev(cv2.Laplacian(grey, cv2.CV_64F))
    colours = shrunk(small, COLOUR_SIDE)
    blue, green, red = cv2.split(colours)
    # Ten times as fast as numpy's max over the short last axis.
    chroma = cv2.subtract(cv2.max(cv2.max(blue, green), red), cv2.min(cv2.min(blue, green), red))
    return Look(
        luma=round(float(mean[0, 0]), 2),
        spread=round(float(deviation[0, 0]), 2),
        sharpness=round(float(edge[0, 0]) ** 2, 2),
        colourfulness=round(_colourfulness(colours), 2),
        chroma=float(np.percentile(chroma, 99)),
    )


def shrunk(pixels: Pixels, longest: int) -> Pixels:
    """Shrink by area averaging so that the longer side is at most `longest`; a smaller image stays as it is."""
    height, width = pixels.shape[:2]
    factor = longest / max(height, width)
    if factor >= 1:
        return pixels
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)  # type: ignore[no-any-return]


def _colourfulness(pixels: Pixels) -> float:
    blue, green, red = (pixels[:, :, channel].astype(np.float32) for channel in range(3))
    rg, yb = red - green, (red + green) / 2 - blue
    spread = float(np.hypot(rg.std(), yb.std()))
    return spread + 0.3 * float(np.hypot(rg.mean(), yb.mean()))
