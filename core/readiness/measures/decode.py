"""Bytes to pixels: the one decode function of the product, so that scan, evaluation and device see the same image."""

import io
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, UnidentifiedImageError

Pixels = npt.NDArray[np.uint8]

MOST_PIXELS = 100_000_000
# Of a picture of that size, of a smaller one more; what follows a picture in its file can hold the mark by chance.
MOST_SCANS = 500
_JPEG, _SCAN = b"\xff\xd8", b"\xff\xda"
# What Pillow's readers raise on broken files.
BROKEN = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    NotImplementedError,
    AssertionError,
    MemoryError,
    struct.error,
    Image.DecompressionBombError,
)
_HEIF = frozenset({b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"})

# What is wrong with a file is said by whoever asked for it, not by the library on its own.
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)


class BadImage(ValueError):
    """Bytes that are no usable image; the message says why."""


def header(data: bytes) -> tuple[int, int, str, int]:
    """Read width, height, mode and EXIF orientation (1 when absent) without decoding; raises BadImage.

    The first bytes of a file suffice. `readiness.measures.header` reads more, of a whole file.
    """
    with opened(data) as image, quiet():
        try:
            orientation = int(image.getexif().get(0x0112, 1) or 1)
        except BROKEN:
            # Damaged EXIF data leaves the picture as it is.
            orientation = 1
        return image.width, image.height, image.mode, orientation


def opened(data: bytes) -> Image.Image:
    """Open an image without decoding it; raises BadImage."""
    if not data:
        raise BadImage("the file is empty")
    try:
        with quiet():
            return Image.open(io.BytesIO(data))
    except UnidentifiedImageError:
        if data[4:8] == b"ftyp" and data[8:12] in _HEIF:
            raise BadImage("HEIC is not read here: convert it to JPEG or PNG") from None
        # Pillow's own words name the buffer's address, which differs from run to run.
        raise BadImage("no image format that is known here") from None
    except BROKEN as error:
        raise BadImage(f"no readable image header: {short(error)}") from None


def pixels(data: bytes) -> Pixels:
    """Decode to BGR, shape (height, width, 3), dtype uint8, as stored: EXIF rotation is not applied.

    The header is read first, so that a small file cannot ask for gigabytes. Raises BadImage.
    """
    width, height, _, _ = header(data)
    bounded(width, height, data)
    flags = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
    try:
        image = cv2.imdecode(np.frombuffer(data, dtype=np.uint8), flags)
    except cv2.error as error:
        raise BadImage(f"does not decode: {short(error)}") from None
    if image is None:
        raise BadImage("does not decode: truncated, damaged or an unusual kind of its format")
    return image  # type: ignore[no-any-return]


def bounded(width: int, height: int, data: bytes = b"") -> None:
    """Refuse, with BadImage, more than MOST_PIXELS, and a JPEG that goes over them again and again.

    A progressive JPEG of 2 MB can hold 3,000 scans of 100 megapixels, half a minute's work.
    """
    if width * height > MOST_PIXELS:
        raise BadImage(f"{width}x{height} pixels are over the limit of {MOST_PIXELS:,}")
    if data.startswith(_JPEG) and data.count(_SCAN) * width * height > MOST_SCANS * MOST_PIXELS:
        raise BadImage(f"{data.count(_SCAN):,} scans of {width}x{height} pixels are more than a picture needs")


@contextmanager
def quiet() -> Iterator[None]:
    """Keep Pillow's warnings about damaged tags to itself."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def short(error: Exception) -> str:
    """Give the first line of an error, bounded; its kind where it says nothing."""
    words = str(error).strip()
    return words.splitlines()[0][:200] if words else type(error).__name__
