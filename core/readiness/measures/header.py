"""What an image file says of itself before its pixels are decoded: format, size, kind of pixels, frames, EXIF."""

import re
from collections.abc import Iterable

import msgspec
from PIL import Image

from readiness.measures.decode import BROKEN, BadImage, bounded, opened, quiet, short

_ORIENTATION, _MAKE, _MODEL, _EXIF = 0x0112, 0x010F, 0x0110, 0x8769
_TAKEN, _FRACTION, _SERIAL = 0x9003, 0x9291, 0xA431
_TIME = re.compile(r"\d{4}:\d\d:\d\d \d\d:\d\d:\d\d")
_LONGEST = 64
_OPAQUE = 255
_START, _FRAMES, _SCAN = b"\xff\xd8", frozenset({0xC0, 0xC1, 0xC2}), 0xDA
# Tables, restart interval, JFIF and comments: none of them says anything of the picture that is asked here.
_PLAIN_SEGMENTS = frozenset({0xC4, 0xDB, 0xDD, 0xE0, 0xFE})
_MODES, _BITS = {1: "L", 3: "RGB"}, 8


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in a file beside its pixels.

    `mode` is Pillow's, with `;16` behind it where a channel has 16 bits. `orientation` is EXIF's 1 to 8. `camera` is
    make, model and serial number; `taken` is EXIF's DateTimeOriginal with its fraction of a second. Both are empty
    where the file does not say.
    """

    format: str
    width: int
    height: int
    mode: str
    frames: int = 1
    alpha: bool = False
    orientation: int = 1
    camera: str = ""
    taken: str = ""


def read(data: bytes) -> Header:
    """Read the header of a whole image file; raises BadImage."""
    plain = _plain_jpeg(data)
    return _said(data) if plain is None else plain


def _plain_jpeg(data: bytes) -> Header | None:
    """Read a JPEG without EXIF or anything else unusual, ten times as fast as Pillow does; None of any other file."""
    header, at = None, 2
    while data.startswith(_START) and data[at : at + 1] == b"\xff" and at + 4 <= len(data):
        kind, segment = data[at + 1], data[at + 4 : at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")]
        if kind == _SCAN:
            return header
        if kind in _FRAMES and header is None and len(segment) > 5 and segment[0] == _BITS:
            height, width = int.from_bytes(segment[1:3], "big"), int.from_bytes(segment[3:5], "big")
            if segment[5] not in _MODES or not height * width:
                return None
            header = Header(format="JPEG", width=width, height=height, mode=_MODES[segment[5]])
        elif kind not in _PLAIN_SEGMENTS:
            return None
        at += 4 + len(segment)
    return None


def _said(data: bytes) -> Header:
    with opened(data) as image, quiet():
        tiles = [tile.args for tile in image.tile]
        outer, inner = _exif(image)
        return Header(
            format=str(image.format),
            width=image.width,
            height=image.height,
            mode=image.mode.partition(";")[0] + (";16" if ";16" in f"{image.mode} {tiles}" else ""),
            alpha=image.has_transparency_data,
            orientation=_orientation(outer.get(_ORIENTATION)),
            camera=_joined([outer.get(_MAKE), outer.get(_MODEL), inner.get(_SERIAL)]),
            taken=_taken(inner.get(_TAKEN), inner.get(_FRACTION)),
            frames=_frames(image),
        )


def see_through(data: bytes) -> bool:
    """Tell whether any pixel of an image is not opaque; raises BadImage."""
    try:
        with opened(data) as image, quiet():
            bounded(image.width, image.height)
            least, _ = image.convert("RGBA").getchannel("A").getextrema()
    except BROKEN as error:
        raise BadImage(f"does not decode: {short(error)}") from None
    return bool(least != _OPAQUE)


def _exif(image: Image.Image) -> tuple[dict[int, object], dict[int, object]]:
    """Give the tags of the image and of the exposure; none where they are damaged, which the pixels may outlive."""
    try:
        said = image.getexif()
        return dict(said), dict(said.get_ifd(_EXIF)) if _EXIF in said else {}
    except BROKEN:
        return {}, {}


def _frames(image: Image.Image) -> int:
    # The pictures beside the first in a phone's MPO are previews, not frames.
    if image.format == "MPO":
        return 1
    try:
        return int(getattr(image, "n_frames", 1))
    except BROKEN:
        return 1


def _orientation(said: object) -> int:
    return said if isinstance(said, int) and 1 <= said <= 8 else 1


def _joined(parts: Iterable[object]) -> str:
    return " ".join(text for part in parts if (text := _text(part)))


def _taken(time: object, fraction: object) -> str:
    text = _text(time)
    if not _TIME.fullmatch(text) or text.startswith("0000"):
        return ""
    return ".".join(part for part in (text, _text(fraction)) if part)


def _text(said: object) -> str:
    return (
        said.replace("\0", " ").strip().encode("utf-8", "replace").decode()[:_LONGEST] if isinstance(said, str) else ""
    )
