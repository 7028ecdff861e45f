"""An image's size from its header alone, for labels that are fractions of it."""

import io
from pathlib import Path

from PIL import Image

from readiness_coordinator.formats.layout import regular_bytes

_HEAD = 1 << 16


def image_size(path: Path) -> tuple[int, int] | None:
    """Give width and height in pixels as stored; None for what is no image.

    A JPEG's or PNG's size stands in its first bytes, seldom behind more metadata; the rest of the file is read only
    then, and nothing is ever decoded.
    """
    try:
        head = regular_bytes(path, _HEAD)
        size = _size(head)
        return size if size or len(head) < _HEAD else _size(regular_bytes(path))
    except OSError:
        return None


def _size(data: bytes) -> tuple[int, int] | None:
    try:
        with Image.open(io.BytesIO(data)) as image:
            return int(image.size[0]), int(image.size[1])
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return None
