"""Faults in image files: unreadable, cut off, turned by EXIF, of an odd mode, of another size than the labels say."""

from collections.abc import Callable, Iterable

from readiness.evidence.dataset import Item, Listing
from readiness.measures.image import LEAST_SPREAD
from readiness_coordinator.formats.labelled import Picture
from readiness_coordinator.scan.listing import listing
from readiness_coordinator.scan.seen import Seen
from readiness_coordinator.scan.view import View

Viewed = tuple[Picture, View]

# Above this share images of a kind are not strays among the others but the dataset's own kind.
STRAYS = 0.2
_PLAIN = frozenset({"1", "L", "LA", "La", "P", "PA", "RGB", "RGBA", "RGBX", "RGBa"})
_KINDS = {"CMYK": "CMYK colours", "I": "32-bit whole numbers", "F": "32-bit floating point numbers"}
_TURNS = {
    2: "mirrored",
    3: "turned by 180°",
    4: "mirrored and turned by 180°",
    5: "mirrored and turned by 90°",
    6: "turned by 90° clockwise",
    7: "mirrored and turned by 90°",
    8: "turned by 90° counter-clockwise",
}
_SIDEWAYS = 5


def find(seen: Seen) -> dict[str, Listing]:
    """List the files that something is wrong with; where none could be decoded, only those are known."""
    viewed = [(picture, seen.views[picture.name]) for picture in seen.labelled.pictures if picture.name in seen.views]
    found = {
        "image-unreadable": told(viewed, lambda _, view: "" if view.damage else view.problem),
        "image-truncated": told(viewed, lambda _, view: view.damage),
    }
    decoded = [(picture, view) for picture, view in viewed if view.look is not None]
    if not decoded:
        return found
    # Of fractions no size can be told that the labels were made for.
    sized = seen.labelled.format != "yolo"
    stray = sum(view.alpha for _, view in decoded) <= STRAYS * len(decoded)
    return {
        **found,
        "image-exif-rotated": told(decoded, lambda picture, view: _turned(picture if sized else None, view)),
        "image-mode-odd": told(decoded, lambda _, view: _odd(view, stray=stray)),
        "image-size-differs": told(decoded, _differs),
    }


def told(viewed: Iterable[Viewed], say: Callable[[Picture, View], str]) -> Listing:
    """List the images of which `say` says anything."""
    return listing(
        [
            Item(images=(picture.name,), detail=words, splits=(picture.split,))
            for picture, view in viewed
            if (words := say(picture, view))
        ]
    )


def cut_short(view: View) -> bool:
    """Tell of 16 bits a channel whose upper 8 hold no contrast, as where a sensor's 12 stand low in them."""
    return ";" in view.mode and view.look is not None and view.look.spread < LEAST_SPREAD


def _turned(picture: Picture | None, view: View) -> str:
    turn = _TURNS.get(view.orientation)
    if turn is None:
        return ""
    shown = f"to be shown {turn}"
    if picture is None or view.orientation < _SIDEWAYS or view.width == view.height or not _sized(picture):
        return shown
    if (picture.width, picture.height) == (view.width, view.height):
        return f"{shown}; labels made for the image as stored, {view.width}x{view.height}"
    if (picture.width, picture.height) == (view.height, view.width):
        return f"{shown}; labels made for the turned image, {view.height}x{view.width}"
    return shown


def _odd(view: View, *, stray: bool) -> str:
    """Say what about the pixels decoders disagree on; opaque alpha is odd only where few images have it."""
    mode, _, bits = view.mode.partition(";")
    parts = [
        f"16 bits a channel{', whose upper 8 hold next to nothing' * cut_short(view)}" if bits else "",
        "" if mode in _PLAIN or bits else _KINDS.get(mode, f"{mode} colours"),
        f"{view.frames} frames, of which the first is read" if view.frames > 1 else "",
        "transparent pixels" if view.see_through else "an alpha channel" if view.alpha and stray else "",
    ]
    return ", ".join(part for part in parts if part)


def _differs(picture: Picture, view: View) -> str:
    stored, said = (view.width, view.height), (picture.width, picture.height)
    if not _sized(picture) or said == stored:
        return ""
    words = f"labels say {said[0]}x{said[1]}, the image is {stored[0]}x{stored[1]}"
    if said == stored[::-1]:
        return f"{words}: {'turned by EXIF' if view.orientation >= _SIDEWAYS else 'sides swapped'}"
    return words


def _sized(picture: Picture) -> bool:
    return bool(picture.width and picture.height)
