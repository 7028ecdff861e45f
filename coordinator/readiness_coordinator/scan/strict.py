"""Bytes to pixels, told of whatever is missing from them: decoders give a picture for half a JPEG and say nothing."""

import simplejpeg

from readiness.measures import decode
from readiness.measures.decode import BadImage, Pixels
from readiness.measures.header import Header

_JPEGS = frozenset({"JPEG", "MPO"})
# Cameras pad before the end mark; nothing is lost by that.
_HARMLESS = "extraneous bytes before marker 0xd9"
_PNG_END = b"IEND\xaeB`\x82"
_ENDS_EARLY = "the file ends early"


class Truncated(BadImage):
    """A file that does not decode because bytes of it are missing."""


def decoded(data: bytes, header: Header) -> tuple[Pixels, str]:
    """Decode as `decode.pixels` does, and say what is missing or damaged: empty where all is there.

    JPEG is decoded by libjpeg-turbo itself, as OpenCV does it and to the same pixels, because only there its
    warnings can be had. OpenCV refuses other formats itself when bytes are missing, except behind the first frame.
    Raises BadImage, for a file without its end Truncated.
    """
    decode.bounded(header.width, header.height, data)
    if header.format in _JPEGS:
        return _jpeg(data)
    missing = _ENDS_EARLY if _ends_early(data, header.format) else ""
    return _lenient(data, missing), missing


def _jpeg(data: bytes) -> tuple[Pixels, str]:
    try:
        return simplejpeg.decode_jpeg(data, colorspace="BGR", strict=True), ""
    except (ValueError, RuntimeError) as error:
        said = decode.short(error)
    try:
        # OpenCV gives these pixels too, but prints the warnings.
        pixels = simplejpeg.decode_jpeg(data, colorspace="BGR", strict=False)
    except (ValueError, RuntimeError):
        pixels = _lenient(data, said)
    return pixels, "" if said.endswith(_HARMLESS) else said


def _lenient(data: bytes, missing: str) -> Pixels:
    try:
        return decode.pixels(data)
    except BadImage:
        if missing:
            raise Truncated(missing) from None
        raise


def _ends_early(data: bytes, form: str) -> bool:
    """Tell by the end mark, or by the length that the file gives itself."""
    if form == "PNG":
        return _PNG_END not in data
    if form == "WEBP":
        return int.from_bytes(data[4:8], "little") + 8 > len(data)
    return form == "BMP" and int.from_bytes(data[2:6], "little") > len(data)
