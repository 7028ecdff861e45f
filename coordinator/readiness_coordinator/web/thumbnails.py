"""Small pictures of affected images with the boxes in question, as data URIs without metadata, bounded in size."""

import base64
import contextlib
import functools
import math
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

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
_MARGIN = 0.4
_LEAST_SIDE = 64
_DASH = 5

Box = tuple[float, float, float, float]
Point = tuple[int, int]


class Shot(NamedTuple):
    """One failure in an image: the `box` of the answer and that of the object, x y width height in pixels."""

    image: str
    box: Box | None
    object_box: Box | None


def data_uri(picture: Picture, item: Item | None = None) -> str | None:
    """Give a JPEG of at most WIDTH x HEIGHT pixels as a data URI; None where the file cannot be shown."""
    return _drawn(str(picture.file), item)


def crops(shots: Sequence[Shot], pictures: Mapping[str, Picture]) -> list[str | None]:
    """Give each shot's part of its image as a data URI, the answer outlined whole and the object in dashes.

    Images are decoded in a process of their own, each once; None where one is missing or cannot be shown.
    """
    of_image: dict[str, list[int]] = {}
    for place, shot in enumerate(shots):
        of_image.setdefault(shot.image, []).append(place)
    drawn: list[str | None] = [None] * len(shots)
    for name, places in of_image.items():
        made = (
            _apart(_crops_in_time, str(pictures[name].file), [shots[i] for i in places]) if name in pictures else None
        )
        for place, one in zip(places, made or (), strict=False):
            drawn[place] = one
    return drawn


def _drawn(file: str, item: Item | None) -> str | None:
    try:
        pixels = decode.pixels(regular_bytes(file))
    except (OSError, decode.BadImage):
        return None
    small, factor = _small(pixels)
    _draw(small, item, factor)
    return _coded(small)


def _small(pixels: Pixels) -> tuple[Pixels, float]:
    factor = min(WIDTH / pixels.shape[1], HEIGHT / pixels.shape[0], 1.0)
    return _resized(pixels, factor), factor


def _resized(pixels: Pixels, factor: float) -> Pixels:
    size = (max(1, round(pixels.shape[1] * factor)), max(1, round(pixels.shape[0] * factor)))
    resized: Pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC)
    return resized


def _coded(pixels: Pixels) -> str | None:
    done, coded = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return f"data:image/jpeg;base64,{base64.b64encode(coded.tobytes()).decode()}" if done else None


def _cropped(file: str, shots: Sequence[Shot]) -> list[str | None]:
    try:
        pixels = decode.pixels(regular_bytes(file))
    except (OSError, decode.BadImage):
        return [None] * len(shots)
    return [_coded(_shown(pixels, shot)) for shot in shots]


def _shown(pixels: Pixels, shot: Shot) -> Pixels:
    """Cut the surroundings of a shot's boxes out of its image (h, w, 3) uint8 and outline them."""
    height, width = pixels.shape[:2]
    left, top, right, bottom = _around([box for box in (shot.box, shot.object_box) if box], width, height)
    part = pixels[top:bottom, left:right]
    factor = min(WIDTH / part.shape[1], HEIGHT / part.shape[0])
    shown = _resized(part, factor)
    for box, outline in ((shot.object_box, _dashed), (shot.box, _whole)):
        if box:
            outline(shown, *_corners((box[0] - left, box[1] - top, *box[2:]), factor))
    return shown


def _around(boxes: Sequence[Box], width: int, height: int) -> tuple[int, int, int, int]:
    """Give left, top, right, bottom of a window of 4 to 3 around boxes, with a margin, within the image."""
    whole = (0, 0, width, height)
    if not boxes:
        return whole
    ends = np.clip(np.array([(x, y, x + w, y + h) for x, y, w, h in boxes]), 0, [width, height, width, height])
    low, high = ends[:, :2].min(axis=0), ends[:, 2:].max(axis=0)
    middle, side = (low + high) / 2, (high - low) * (1 + 2 * _MARGIN)
    scale = max(side[0] / WIDTH, side[1] / HEIGHT, _LEAST_SIDE / WIDTH)
    half = np.array([WIDTH, HEIGHT]) * scale / 2
    left, top = np.clip(middle - half, 0, np.maximum(0, np.array([width, height]) - 2 * half)).astype(int).tolist()
    right, bottom = min(math.ceil(left + 2 * half[0]), width), min(math.ceil(top + 2 * half[1]), height)
    return (left, top, right, bottom) if right > left and bottom > top else whole


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
                found[name] = _apart(_in_time, str(pictures[name].file), item if place == 0 else None)
    return list(found.items())


@functools.cache
def _artist() -> Processes:
    """Give the one process that draws; it begins with its first picture and ends with this program."""
    return Processes(1)


def _apart(work: Callable[..., Any], *given: Any) -> Any:
    """Have the artist do a piece of work; None where that was its end."""
    artist = _artist()
    try:
        return artist.submit(work, *given).result()
    except artist.died:
        return None


def _in_time(file: str, item: Item | None) -> str | None:
    with _patience():
        return _drawn(file, item)


def _crops_in_time(file: str, shots: Sequence[Shot]) -> list[str | None]:
    with _patience():
        return _cropped(file, shots)


@contextlib.contextmanager
def _patience() -> Iterator[None]:
    # Unhandled, the alarm ends the process.
    signal.alarm(_PATIENCE_S)
    try:
        yield
    finally:
        signal.alarm(0)


def _draw(pixels: Pixels, item: Item | None, factor: float) -> None:
    """Outline the item's boxes, white on dark, so that they are seen on any ground."""
    for box in item.boxes if item else ():
        _whole(pixels, *_corners(box, factor))


def _corners(box: Box, factor: float) -> tuple[tuple[int, int], tuple[int, int]]:
    x, y, w, h = (np.clip(np.array(box) * factor, -1e4, 1e4)).round().astype(int).tolist()
    return (x, y), (x + w, y + h)


def _whole(pixels: Pixels, start: Point, end: Point) -> None:
    for colour, width in ((_DARK, 3), (_LIGHT, 1)):
        cv2.rectangle(pixels, start, end, colour, width)


def _dashed(pixels: Pixels, start: Point, end: Point) -> None:
    """Outline in black and white dashes, which are seen on any ground and told from a whole line without colour."""
    (left, top), (right, bottom) = start, end
    sides = (((left, top), (right, top)), ((right, top), (right, bottom)), ((right, bottom), (left, bottom)))
    for one, other in (*sides, ((left, bottom), (left, top))):
        cv2.line(pixels, one, other, _DARK, 3)
        length = max(abs(other[0] - one[0]), abs(other[1] - one[1]))
        for at in range(0, length, 2 * _DASH):
            ends = [
                tuple(round(a + (b - a) * min(step, length) / length) for a, b in zip(one, other, strict=True))
                for step in (at, at + _DASH)
            ]
            cv2.line(pixels, ends[0], ends[1], _LIGHT, 2)
