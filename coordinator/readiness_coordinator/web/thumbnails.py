"""Small pictures of affected images with the boxes in question, as data URIs without metadata, bounded in size."""

import base64
import functools
import signal
from collections.abc import Mapping

import cv2
import numpy as np

from readiness.evidence.dataset import Item
from readiness.measures import decode
from readiness.measures.image import Pixels
from readiness_coordinator.formats.labelled import Picture
from readiness_coordinator.formats.layout import regular_bytes
from readiness_coordinator.scan.engines import Processes

WIDTH, HEIGHT = 224, 168
_QUALITY = 72
_LIGHT, _DARK = (255, 255, 255), (20, 20, 20)
_PATIENCE_S = 10


def data_uri(picture: Picture, item: Item | None = None) -> str | None:
    """Give a JPEG of at most WIDTH x HEIGHT pixels as a data URI; None where the file cannot be shown."""
    return _drawn(str(picture.file), item)


def _drawn(file: str, item: Item | None) -> str | None:
    try:
        pixels = decode.pixels(regular_bytes(file))
    except (OSError, decode.BadImage):
        return None
    factor = min(WIDTH / pixels.shape[1], HEIGHT / pixels.shape[0], 1.0)
    size = (max(1, round(pixels.shape[1] * factor)), max(1, round(pixels.shape[0] * factor)))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    _draw(small, item, factor)
    done, coded = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return f"data:image/jpeg;base64,{base64.b64encode(coded.tobytes()).decode()}" if done else None


def of_items(items: tuple[Item, ...], pictures: Mapping[str, Picture], most: int) -> list[tuple[str, str | None]]:
    """Give (image name, data URI or None) of the first `most` images that the items name.

    They are decoded in a process of their own: what is wrong with a file may print, hold or end the one that reads it.
    """
    found: dict[str, str | None] = {}
    for item in items:
        for place, name in enumerate(item.images):
            if len(found) == most:
                return list(found.items())
            if name not in found and name in pictures:
                found[name] = _apart(str(pictures[name].file), item if place == 0 else None)
    return list(found.items())


@functools.cache
def _artist() -> Processes:
    """Give the one process that draws; it begins with its first picture and ends with this program."""
    return Processes(1)


def _apart(file: str, item: Item | None) -> str | None:
    artist = _artist()
    try:
        drawn: str | None = artist.submit(_in_time, file, item).result()
    except artist.died:
        return None
    return drawn


def _in_time(file: str, item: Item | None) -> str | None:
    # Unhandled, the alarm ends the process.
    signal.alarm(_PATIENCE_S)
    try:
        return _drawn(file, item)
    finally:
        signal.alarm(0)


def _draw(pixels: Pixels, item: Item | None, factor: float) -> None:
    """Outline the item's boxes, white on dark, so that they are seen on any ground."""
    for box in item.boxes if item else ():
        x, y, w, h = (np.clip(np.array(box) * factor, -1e4, 1e4)).round().astype(int).tolist()
        for colour, width in ((_DARK, 3), (_LIGHT, 1)):
            cv2.rectangle(pixels, (x, y), (x + w, y + h), colour, width)
