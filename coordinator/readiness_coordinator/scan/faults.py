"""What a reader of label files could not use, as listings by reason code, each fault at the image it names."""

import re
from collections import Counter
from pathlib import PurePosixPath

from readiness.evidence.dataset import Item, Listing
from readiness_coordinator.formats.labelled import Fault, Labelled
from readiness_coordinator.scan.listing import listing

_LABEL_FILE = re.compile(r"^(.+?\.(?:txt|xml|json|png))(?=[:\s]|$)", re.IGNORECASE)
_LOSSES = frozenset({"annotation-unusable", "class-undefined"})
# Label files lie as their images do but for one of these folders.
_HOMES = frozenset({"images", "labels", "annotations", "jpegimages", "masks", "segmentationclass"})

Key = tuple[str, ...]


def of_code(labelled: Labelled, *codes: str) -> Listing:
    """List the faults that belong to one of the reason codes."""
    return listing(_items([fault for fault in labelled.faults if fault.code in codes], labelled))


def rejected(labelled: Labelled) -> frozenset[str]:
    """Name the images of which a label entry could not be used: how many objects were labelled there is not known."""
    names = {item.images for item in _items([one for one in labelled.faults if one.code in _LOSSES], labelled)}
    return frozenset(name for images in names for name in images)


def _items(faults: list[Fault], labelled: Labelled) -> list[Item]:
    if not faults:
        return []
    names = {picture.name: picture.split for picture in labelled.pictures}
    homes = Counter(_key(name) for name in names)
    images = {key: name for name in names if homes[key := _key(name)] == 1}
    return [_item(fault, names, images) for fault in faults]


def _item(fault: Fault, names: dict[str, str], images: dict[Key, str]) -> Item:
    name = _image(fault.where, names, images)
    if name is None:
        return Item(images=(), detail=f"{fault.where}: {fault.what}")
    rest = fault.where.removeprefix(name).strip(": ")
    return Item(images=(name,), detail=f"{rest}: {fault.what}" if rest else fault.what, splits=(names[name],))


def _image(where: str, names: dict[str, str], images: dict[Key, str]) -> str | None:
    """Find the image that a fault begins with, or whose label file it begins with."""
    ends = [len(where), *(match.start() for match in re.finditer(r"[:\s]", where))]
    for end in sorted(ends, reverse=True):
        if where[:end] in names:
            return where[:end]
    file = _LABEL_FILE.match(where)
    return images.get(_key(file.group(1))) if file else None


def _key(name: str) -> Key:
    path = PurePosixPath(name)
    return (*(part for part in path.parts[:-1] if part.lower() not in _HOMES), path.stem)
