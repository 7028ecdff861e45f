"""Bytes to pixels: the one decode function of the product, so that scan, evaluation and device see the same image."""

import io

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, UnidentifiedImageError

Pixels = npt.NDArray[np.uint8]

MOST_PIXELS = 100_000_000


class BadImage(ValueError):
    """Bytes that are no usable image; the message says why."""


def header(data: bytes) -> tuple[int, int, str, int]:
    """Read width, height, mode and EXIF orientation (1 when absent) without decoding; raises BadImage."""
    if not data:
        raise BadImage("the file is empty")
    try:
        with Image.open(io.BytesIO(data)) as image:
            size, mode = image.size, image.mode
            orientation = int(image.getexif().get(0x0112, 1) or 1)
    except UnidentifiedImageError:
        # Pillow's own words name the buffer's address, which differs from run to run.
        raise BadImage("no image format that is known here") from None
    except (Image.DecompressionBombError, OSError, ValueError, SyntaxError) as error:
        raise BadImage(f"no readable image header: {_short(error)}") from None
    return size[0], size[1], mode, orientation


def pixels(data: bytes) -> Pixels:
    """Decode to BGR, shape (height, width, 3), dtype uint8, as stored: EXIF rotation is not applied.

    The header is read first, so that a small file cannot ask for gigabytes. Raises BadImage.
    """
    width, height, _, _ = header(data)
    if width * height > MOST_PIXELS:
        raise BadImage(f"{width}x{height} pixels are over the limit of {MOST_PIXELS:,}")
    flags = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
    try:
        image = cv2.imdecode(np.frombuffer(data, dtype=np.uint8), flags)
    except cv2.error as error:
        raise BadImage(f"does not decode: {_short(error)}") from None
    if image is None:
        raise BadImage("does not decode: truncated or damaged")
    return image  # type: ignore[no-any-return]


def _short(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__
