"""What names say was taken together and stands in two splits: copies of one image, frames of one recording."""

import re
from collections.abc import Callable
from pathlib import PurePosixPath

from readiness.evidence.dataset import Item, Listing
from readiness_coordinator.formats.labelled import Labelled, Picture
from readiness_coordinator.formats.layout import UNASSIGNED
from readiness_coordinator.scan.listing import listing, one_of_each_first
from readiness_coordinator.scan.seen import Seen

# Roboflow names an exported copy STEM_jpg.rf.HASH.jpg.
_COPY = re.compile(r"\.rf\.[0-9A-Za-z]+$")
_ENDING = re.compile(r"_(?:jpe?g|png|bmp)$", re.IGNORECASE)
# A frame's name keeps its video's: the video's ending and a number, the word frame and a number, a camera's clip.
_RECORDINGS = (
    re.compile(r"^(.+[_.](?:mp4|mov|avi|mkv|webm|mpe?g))[-_ ]?(?:frame)?[-_ ]?\d+$", re.IGNORECASE),
    re.compile(r"^(.*?frame)[-_ ]?\d+$", re.IGNORECASE),
    re.compile(r"^(VIRB\d+)[-_]\d+$", re.IGNORECASE),
)
_RECORDING_TAGS = ("recording", "video", "sequence")


def find(seen: Seen) -> dict[str, Listing]:
    """List what names say stands on both sides of a split."""
    return {
        "source-shared-across-splits": _across(seen.labelled, source_of),
        "recording-shared-across-splits": _across(seen.labelled, recording_of),
    }


def source_of(picture: Picture) -> str | None:
    """Read the source image out of an exported copy's name; classes keep their own, as numbering starts anew."""
    stem = PurePosixPath(picture.name).stem
    if not _COPY.search(stem):
        return None
    return "/".join(part for part in (picture.label, _COPY.sub("", stem)) if part)


def recording_of(picture: Picture) -> str | None:
    """Name the recording that a picture is a frame of, by its metadata, else by its file's name; None if it is not."""
    for tag in _RECORDING_TAGS:
        if picture.tags.get(tag):
            return picture.tags[tag]
    stem = _ENDING.sub("", _COPY.sub("", PurePosixPath(picture.name).stem))
    matches = (pattern.match(stem) for pattern in _RECORDINGS)
    return next((match.group(1) for match in matches if match), None)


def _across(labelled: Labelled, key: Callable[[Picture], str | None]) -> Listing:
    groups: dict[str, list[Picture]] = {}
    for picture in labelled.pictures:
        if picture.split != UNASSIGNED and (name := key(picture)) is not None:
            groups.setdefault(name, []).append(picture)
    found = []
    for name, group in sorted(groups.items()):
        splits = sorted({picture.split for picture in group})
        if len(splits) > 1:
            counts = [f"{sum(picture.split == split for picture in group)} in {split}" for split in splits]
            detail = f"{name}: {', '.join(counts)}"
            found.append(Item(images=one_of_each_first(group), detail=detail, splits=tuple(splits)))
    return listing(found)
