"""What stands on both sides of a split: equal pictures, copies of one source image, frames of one recording."""

import re
from collections.abc import Callable
from pathlib import PurePosixPath

import numpy as np

from readiness.evidence.dataset import Item, Listing
from readiness.measures import hashes
from readiness_coordinator.formats.labelled import Labelled, Picture
from readiness_coordinator.formats.layout import UNASSIGNED
from readiness_coordinator.scan.label_faults import listing
from readiness_coordinator.scan.viewing import View

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
_BATCH = 512


def duplicates(labelled: Labelled, views: dict[str, View]) -> tuple[Listing, Listing]:
    """List groups of pictures that are the same, and those groups that stand in two splits.

    Same is: equal pixels, or hashes that differ in at most hashes.NEAR bits in some orientation and thumbnails that
    agree everywhere. What a label file lists under two splits is shared too.
    """
    groups = _groups(labelled, views)
    shared = [one for one in groups if len(one.splits) > 1]
    shared += [
        Item(images=(name,), detail="listed in both splits", splits=tuple(sorted(splits)))
        for name, splits in labelled.listed_twice
    ]
    return listing(groups), listing(shared)


def shared_sources(labelled: Labelled) -> Listing:
    """List source images whose exported copies stand in two splits."""
    return _across(labelled, source_of)


def shared_recordings(labelled: Labelled) -> Listing:
    """List recordings whose frames stand in two splits."""
    return _across(labelled, recording_of)


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
            found.append(Item(images=_one_of_each_first(group), detail=detail, splits=tuple(splits)))
    return listing(found)


def _groups(labelled: Labelled, views: dict[str, View]) -> list[Item]:
    """Join equal and nearly equal pictures into groups of two or more."""
    by_pixels: dict[str, list[Picture]] = {}
    for picture in labelled.pictures:
        if (seen := views.get(picture.name)) is not None and seen.pixels:
            by_pixels.setdefault(seen.pixels, []).append(picture)
    equal = list(by_pixels.values())
    together: dict[int, list[list[Picture]]] = {}
    for label, group in zip(_joined([views[group[0].name] for group in equal]), equal, strict=True):
        together.setdefault(label, []).append(group)
    return [_group(parts) for parts in together.values() if sum(map(len, parts)) > 1]


def _group(parts: list[list[Picture]]) -> Item:
    pictures = sorted((picture for part in parts for picture in part), key=lambda picture: picture.name)
    images = _one_of_each_first(pictures)
    kind = "equal pixels" if len(parts) == 1 else "nearly equal pictures"
    detail = kind if len(images) == 2 else f"{len(images)} times {kind}, such as {images[0]} = {images[1]}"
    splits = sorted({picture.split for picture in pictures} - {UNASSIGNED})
    return Item(images=images, detail=detail, splits=tuple(splits))


def _one_of_each_first(pictures: list[Picture]) -> tuple[str, ...]:
    """Order names so that those who look at the first few see every split, then by name."""
    first: dict[str, str] = {}
    for picture in pictures:
        first.setdefault(picture.split, picture.name)
    ahead = [first[split] for split in sorted(first)]
    return tuple(dict.fromkeys([*ahead, *(picture.name for picture in pictures)]))


def _joined(views: list[View]) -> list[int]:
    """Label pictures so that nearly equal ones, each pair verified on its thumbnails, share a label."""
    labels = np.arange(len(views))
    usable = np.array([index for index, seen in enumerate(views) if seen.hashes is not None], dtype=np.int64)
    table = np.frombuffer(b"".join(views[index].hashes or b"" for index in usable), dtype=np.uint64)
    thumbs = np.frombuffer(b"".join(views[index].thumbnail for index in usable), dtype=np.uint8)
    thumbs = thumbs.reshape(-1, hashes.THUMB, hashes.THUMB)
    for pairs in hashes.near_pairs(table.reshape(-1, hashes.ORIENTATIONS)):
        for start in range(0, len(pairs), _BATCH):
            batch = pairs[start : start + _BATCH]
            # What is joined already needs no proof: thousands of frames of a still scene would take hours.
            batch = batch[labels[usable[batch[:, 0]]] != labels[usable[batch[:, 1]]]]
            if len(batch) == 0:
                continue
            second = np.stack([hashes.orient(thumbs[j], orientation) for _, j, _, orientation in batch.tolist()])
            same = hashes.agreement(thumbs[batch[:, 0]], second) >= hashes.SAME
            for i, j in usable[batch[same, :2]].tolist():
                low, high = sorted((int(labels[i]), int(labels[j])))
                labels[labels == high] = low
    return [int(label) for label in labels]
