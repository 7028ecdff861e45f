"""One mask file to small facts: which values or colours it holds, how many pixels each, where, and which are stray."""

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt
from PIL import Image

from readiness import canonical
from readiness.measures import decode, masks
from readiness.measures.masks import Region, Values
from readiness_coordinator.formats import layout
from readiness_coordinator.formats.labelled import MaskMeaning
from readiness_coordinator.formats.places import MOST_BYTES

_MOST_COLOURS = 4096
_HEAD = 1 << 18
_LOSSY = frozenset({".jpg", ".jpeg"})
IGNORE = {"uint8": 255, "uint16": 65535}
# To open a file silently changes the warning filters, which all threads share.
_OPENING = threading.Lock()
Colours = npt.NDArray[np.uint32]
_NO_VALUES = "mode {mode}: its values are no class ids of 0 to 65535"


class Mask(msgspec.Struct, frozen=True, kw_only=True):
    """What one mask holds; `problem` says why it cannot be used, and then the rest but the digest is absent.

    `regions` are by value, or by colour (red << 16 | green << 8 | blue) where `coloured`; `stray` names those of them
    that only resizing or compression can have made. `two_tone` is set where all others are 0 and 255.
    """

    digest: str | None = None
    problem: str = ""
    note: str = ""
    width: int = 0
    height: int = 0
    coloured: bool = False
    two_tone: bool = False
    ignore: int | None = None
    regions: tuple[Region, ...] = ()
    stray: frozenset[int] = frozenset()


def rows(file: Path, meaning: MaskMeaning, nothing: int) -> tuple[Values, dict[int, int]]:
    """Give the class row of each pixel of a mask, shape (height, width), and the pixels by value of those without one.

    These have the row `nothing`, above all others. Raises BadImage.
    """
    with _read(layout.regular_bytes(file)) as image:
        pixels, _ = _channels(image, frozenset(meaning.by_colour if meaning.named else ()))
    if pixels.ndim == 3:
        found, places = np.unique(_packed(pixels), return_inverse=True)
        values, row_of = found.tolist(), meaning.by_colour
        keys: npt.NDArray[np.integer] = places.reshape(pixels.shape[:2])
    else:
        narrow = _narrow(pixels)
        if narrow is None:
            raise decode.BadImage(_NO_VALUES.format(mode=image.mode))
        keys, values, row_of = narrow, list(range(int(narrow.max()) + 1)), meaning.by_value
    table = np.array([row_of.get(value, nothing) for value in values], dtype=np.uint8 if nothing <= 255 else np.uint16)
    placed = table[keys]
    strays = np.bincount(keys[placed == nothing])
    return placed, {values[at]: int(strays[at]) for at in np.flatnonzero(strays).tolist()}


def look(file: Path, colours: frozenset[int]) -> Mask:
    """Read one mask; `colours` are those that the label map gives, packed. Nothing that stands in the file raises."""
    digest = None
    try:
        data = layout.regular_bytes(file)
        digest = canonical.digest_bytes(data)
        with _read(data) as image:
            mask = _measured(image, colours, lossy=file.suffix.lower() in _LOSSY)
    except decode.BadImage as error:
        mask = Mask(problem=str(error))
    except decode.BROKEN as error:
        mask = Mask(problem=f"does not decode: {decode.short(error)}")
    return msgspec.structs.replace(mask, digest=digest)


@contextlib.contextmanager
def _read(data: bytes) -> Iterator[Image.Image]:
    with _OPENING:
        image = decode.opened(data)
    with image:
        decode.bounded(*image.size)
        image.load()
        yield image


def _measured(image: Image.Image, colours: frozenset[int], *, lossy: bool) -> Mask:
    pixels, note = _channels(image, colours)
    if pixels.ndim == 3:
        return _of_colours(pixels, colours, note, lossy=lossy)
    values = _narrow(pixels)
    if values is None:
        return Mask(problem=_NO_VALUES.format(mode=image.mode))
    ignore = IGNORE[values.dtype.name]
    regions = masks.regions(values)
    stray = masks.stray(values, lossy=lossy)
    two_tone = {region.value for region in regions} - stray <= {0, ignore}
    if not two_tone and any(region.value == ignore for region in regions):
        stray = masks.stray(values, ignore=ignore, lossy=lossy)
    return Mask(
        note=note,
        width=values.shape[1],
        height=values.shape[0],
        two_tone=two_tone,
        ignore=ignore,
        regions=regions,
        stray=stray,
    )


def _channels(image: Image.Image, colours: frozenset[int]) -> tuple[npt.NDArray[np.generic], str]:
    """Give indices (height, width) or colours (height, width, 3), and what was left out."""
    note = ""
    if image.mode in {"P", "PA"} and colours:
        painted = np.asarray(image.convert("RGB"))
        if set(np.unique(_packed(painted)).tolist()) <= colours:
            return painted, note
    if image.mode not in {"1", "L", "P", "LA", "PA", "RGB", "RGBA", "I", "I;16", "I;16B", "I;16L", "F"}:
        image = image.convert("RGB")
    pixels = np.asarray(image)
    if image.mode in {"LA", "PA", "RGBA"}:
        if np.any(pixels[:, :, -1] != 255):
            note = f"mode {image.mode}: the alpha channel is not opaque; only the other channels are read"
        pixels = pixels[:, :, :-1]
    if pixels.ndim == 3 and (pixels.shape[2] == 1 or (not colours and _is_grey(pixels))):
        pixels = pixels[:, :, 0]
    return pixels, note


def _is_grey(pixels: npt.NDArray[np.generic]) -> bool:
    return bool(np.array_equal(pixels[:, :, 0], pixels[:, :, 1]) and np.array_equal(pixels[:, :, 1], pixels[:, :, 2]))


def _narrow(pixels: npt.NDArray[np.generic]) -> Values | None:
    low, high = pixels.min(), pixels.max()
    if pixels.dtype.kind == "f" or low < 0 or high > 65535:
        return None
    return np.ascontiguousarray(pixels, dtype=np.uint8 if high <= 255 else np.uint16)


def _packed(pixels: npt.NDArray[np.generic]) -> Colours:
    red, green, blue = (pixels[:, :, channel].astype(np.uint32) for channel in range(3))
    return (red << 16 | green << 8 | blue).astype(np.uint32)


def _of_colours(pixels: npt.NDArray[np.generic], colours: frozenset[int], note: str, *, lossy: bool) -> Mask:
    found, places = np.unique(_packed(pixels), return_inverse=True)
    if found.size > _MOST_COLOURS:
        return Mask(problem=f"{found.size:,} distinct colours: a picture, not a mask of classes")
    keys = [int(colour) for colour in found]
    indices: Values = places.reshape(pixels.shape[:2]).astype(np.uint16)
    regions = tuple(region._replace(value=keys[region.value]) for region in masks.regions(indices))
    stray: frozenset[int] = frozenset()
    if not colours:
        by_channel = [masks.stray(np.ascontiguousarray(pixels[:, :, c]), lossy=lossy) for c in range(3)]
        split = {key: (key >> 16, key >> 8 & 255, key & 255) for key in keys}
        stray = frozenset(
            key for key, levels in split.items() if any(one in odd for one, odd in zip(levels, by_channel, strict=True))
        )
    return Mask(
        note=note,
        width=pixels.shape[1],
        height=pixels.shape[0],
        coloured=True,
        regions=regions,
        stray=stray,
    )


def size_of(image: Path) -> tuple[int, int] | None:
    """Read width and height of an image as stored, from its header; None where it has no usable one."""
    # A header may stand behind a long colour profile or preview.
    for most in (_HEAD, MOST_BYTES):
        with contextlib.suppress(OSError, decode.BadImage):
            return decode.opened(layout.regular_bytes(image, most)).size
    return None
