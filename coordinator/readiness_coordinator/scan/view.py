"""One look at one image file: bytes to digests, size, hashes, statistics, and the print that tells copies."""

import cv2
import msgspec

from readiness import canonical
from readiness.measures import decode, features, hashes, header, image, proof
from readiness.measures.image import Look
from readiness_coordinator.formats.layout import regular_bytes
from readiness_coordinator.scan import strict

# Each core has a process of its own; threads within one would only wait for each other.
cv2.setNumThreads(1)


class View(msgspec.Struct, frozen=True, kw_only=True):
    """What one look at a file gave, little enough to keep for every image of a dataset.

    `problem` says why it cannot be used; then only `digest` and, where bytes are missing, `damage` stand beside it.
    `width` and `height` are as stored, before any EXIF rotation. `damage` may be there though it decodes. `mode` to
    `taken` are as in `measures.header.Header`; `see_through` is set where a pixel is not opaque. `hashes` holds 8
    uint64 (absent for an image without structure).
    """

    digest: str | None = None
    problem: str = ""
    width: int = 0
    height: int = 0
    damage: str = ""
    format: str = ""
    mode: str = ""
    frames: int = 1
    alpha: bool = False
    see_through: bool = False
    orientation: int = 1
    camera: str = ""
    taken: str = ""
    look: Look | None = None
    pixels: str = ""
    hashes: bytes | None = None


class Print(msgspec.Struct, frozen=True, kw_only=True):
    """What copies are told by, too much to keep in memory for every image.

    `thumbnail`, `detail` and `colours` hold the uint8 values of a proof.Face, `features` what measures.features gives.
    """

    thumbnail: bytes = b""
    detail: bytes = b""
    colours: bytes = b""
    features: bytes = b""


class Looked(msgspec.Struct, frozen=True, kw_only=True):
    """A view and, where the image could be decoded, its print."""

    view: View
    print: Print | None = None


def look_at(path: str) -> Looked:
    """Look at one file; nothing that stands in it raises."""
    try:
        data = regular_bytes(path)
    except OSError as error:
        return Looked(view=View(problem=f"cannot be read: {error.strerror}"))
    return look_into(data)


def look_into(data: bytes) -> Looked:
    """Look at a file's bytes; the answer depends on them alone, for the scan keeps it under their digest."""
    digest = canonical.digest_bytes(data)
    try:
        said = header.read(data)
        pixels, damage = strict.decoded(data, said)
        see_through = said.alpha and header.see_through(data)
    except decode.BadImage as error:
        damage = str(error) if isinstance(error, strict.Truncated) else ""
        return Looked(view=View(digest=digest, problem=str(error), damage=damage))
    grey = image.grey(pixels)
    small = image.shrunk(grey, image.SMALL_SIDE)
    face = proof.face(pixels, small)
    perceptual = hashes.perceptual(face.detail)
    view = View(
        digest=digest,
        width=pixels.shape[1],
        height=pixels.shape[0],
        damage=damage,
        format=said.format,
        mode=said.mode,
        frames=said.frames,
        alpha=said.alpha,
        see_through=see_through,
        orientation=said.orientation,
        camera=said.camera,
        taken=said.taken,
        look=image.look_with(pixels, grey),
        pixels=hashes.pixel_digest(pixels),
        hashes=None if perceptual is None else perceptual.tobytes(),
    )
    thumbnail, detail, colours = (one.tobytes() for one in face)
    return Looked(
        view=view,
        print=Print(thumbnail=thumbnail, detail=detail, colours=colours, features=features.features(small)),
    )
