"""One look at one image file: bytes to digests, size, hashes, statistics, and the print that tells copies."""

from pathlib import Path

import msgspec

from readiness import canonical
from readiness.measures import decode, hashes, image
from readiness.measures.image import Look
from readiness_coordinator.formats.layout import regular_bytes


class View(msgspec.Struct, frozen=True, kw_only=True):
    """What one look at a file gave, little enough to keep for every image of a dataset.

    `problem` says why it cannot be used, and then all after `digest` is absent. `hashes` holds 8 uint64 (absent for
    an image without structure).
    """

    digest: str | None = None
    problem: str = ""
    width: int = 0
    height: int = 0
    look: Look | None = None
    pixels: str = ""
    hashes: bytes | None = None


class Print(msgspec.Struct, frozen=True, kw_only=True):
    """What copies are told by, too much to keep in memory for every image: `thumbnail` holds 64x64 uint8."""

    thumbnail: bytes = b""


class Looked(msgspec.Struct, frozen=True, kw_only=True):
    """A view and, where the image could be decoded, its print."""

    view: View
    print: Print | None = None


def look_at(path: str) -> Looked:
    """Look at one file; nothing that stands in it raises."""
    try:
        data = regular_bytes(Path(path))
    except OSError as error:
        return Looked(view=View(problem=f"cannot be read: {error.strerror}"))
    digest = canonical.digest_bytes(data)
    try:
        pixels = decode.pixels(data)
    except decode.BadImage as error:
        return Looked(view=View(digest=digest, problem=str(error)))
    perceptual = hashes.perceptual(pixels)
    view = View(
        digest=digest,
        width=pixels.shape[1],
        height=pixels.shape[0],
        look=image.look(pixels),
        pixels=hashes.pixel_digest(pixels),
        hashes=None if perceptual is None else perceptual.tobytes(),
    )
    return Looked(view=view, print=Print(thumbnail=hashes.thumbnail(pixels).tobytes()))
