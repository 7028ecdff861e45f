"""Into which slices an image and an object fall: light, sharpness, crowding, camera, time of day; size, position."""

import re
from bisect import bisect_right
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from readiness.measures import image
from readiness.measures.image import Look, Pixels
from readiness_coordinator.formats.labelled import Picture
from readiness_coordinator.origins import recording_of

Indices = npt.NDArray[np.intp]
Floats = npt.NDArray[np.float64]
Size = Literal["small", "medium", "large"]
Position = Literal["centre", "edge", "corner"]
Aspect = Literal["wide", "compact", "tall"]
SIZES: tuple[Size, ...] = get_args(Size)
POSITIONS: tuple[Position, ...] = get_args(Position)
ASPECTS: tuple[Aspect, ...] = get_args(Aspect)

RECORDING = "recording"
# COCO's limits, in square pixels.
SMALL, MEDIUM = 32.0**2, 96.0**2
# A box is wide or tall where one side is over twice the other.
LONG = 2.0
# Mean luma of 0 to 255.
DARK, DIM, BRIGHT = 40.0, 80.0, 180.0
# Variance of the Laplacian as a share of the luma's own, both on the shrunk image, so that neither contrast nor smooth
# subjects read as blur. Measured: photographs lie at 0.05 to 0.5, smooth microscope images at 0.012 to 0.032, webcam
# frames on either side, all of them at 0.0002 to 0.01 once blurred by a Gaussian of 3 pixels.
BLURRY = 0.01
SCENE_TAGS = ("light", "camera", "site", "weather", "location", "time_of_day")
# The last hour, by the camera's clock, of each part of the day; how high the sun stands is not known.
_HOURS = ((4, "night"), (7, "dawn"), (16, "day"), (20, "dusk"), (23, "night"))
_CROWDING = ((0, "empty"), (1, "single"), (5, "few"), (20, "many"))
_TAKEN = re.compile(r"\d{4}:\d\d:\d\d (\d\d):")


def picture_slices(picture: Picture, pixels: Pixels | None, *, camera: str = "", taken: str = "") -> dict[str, str]:
    """Give `{dimension: value}` of one image; `pixels` is BGR uint8, or None where the file cannot be read.

    `camera` and `taken` are what its EXIF data say, as measures.header reads them.
    """
    return slices_of(picture, image.look(pixels) if pixels is not None else None, camera=camera, taken=taken)


def slices_of(picture: Picture, look: Look | None, *, camera: str = "", taken: str = "") -> dict[str, str]:
    """Give `{dimension: value}` of an image that was measured already; what the labels say goes before what is seen."""
    found = {"camera": _words(camera), "time_of_day": _time_of_day(taken), RECORDING: recording_of(picture) or ""}
    if look is not None:
        found |= {"light": _light(look), "sharpness": "blurry" if _is_blurry(look) else "sharp"}
    if picture.label is None and picture.labelled:
        found["crowding"] = _crowding(sum(not one.crowd for one in picture.annotations))
    found |= {tag: picture.tags[tag] for tag in SCENE_TAGS if picture.tags.get(tag)}
    return {dimension: value for dimension, value in found.items() if value}


def object_size(area: float) -> Size:
    """Give the COCO size class of an object's area in square pixels."""
    return SIZES[bisect_right((SMALL, MEDIUM), area)]


def object_sizes(areas: Floats) -> Indices:
    """Give the place among SIZES of each area (n,) in square pixels."""
    return np.digitize(areas, (SMALL, MEDIUM)).astype(np.intp)


def position(picture: Picture, box: tuple[float, float, float, float] | None) -> Position | None:
    """Give the part of the frame, cut into thirds, that holds the centre of a box x y w h; None where it is unknown."""
    if box is None or not (picture.width and picture.height):
        return None
    x, y, w, h = box
    outer = sum(not 1 / 3 <= share <= 2 / 3 for share in ((x + w / 2) / picture.width, (y + h / 2) / picture.height))
    return POSITIONS[outer]


def positions(boxes: Floats, frames: Floats) -> Indices:
    """Give the place among POSITIONS of each box x y w h (n, 4) in its frame, width and height (n, 2); -1 for no frame.

    The same as `position` of each one.
    """
    known = frames.min(axis=1, initial=1) > 0
    shares = (boxes[:, :2] + boxes[:, 2:] / 2) / np.where(known[:, None], frames, 1)
    outer = ((shares < 1 / 3) | (shares > 2 / 3)).sum(axis=1)
    return np.where(known, outer, -1).astype(np.intp)


def aspects(boxes: Floats) -> Indices:
    """Give the place among ASPECTS of each box x y w h (n, 4); -1 for one without width or height."""
    width, height = boxes[:, 2], boxes[:, 3]
    place = np.where(width > LONG * height, 0, np.where(height > LONG * width, 2, 1))
    return np.where((width > 0) & (height > 0), place, -1).astype(np.intp)


def _light(look: Look) -> str:
    if look.luma < DARK:
        return "dark"
    if look.luma < DIM:
        return "dim"
    return "well_lit" if look.luma < BRIGHT else "bright"


def _is_blurry(look: Look) -> bool:
    return look.sharpness <= BLURRY * look.spread**2


def _crowding(objects: int) -> str:
    return next((word for most, word in _CROWDING if objects <= most), "crowded")


def _time_of_day(taken: str) -> str:
    hour = _TAKEN.match(taken)
    return next((word for last, word in _HOURS if int(hour[1]) <= last), "") if hour else ""


def _words(text: str) -> str:
    return "_".join(re.findall(r"[^\W_]+", text.lower()))
