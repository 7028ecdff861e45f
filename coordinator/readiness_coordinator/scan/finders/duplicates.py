"""Which images are copies of one picture, which of them stand in two splits, and which carry different labels."""

from collections.abc import Mapping

import numpy as np

from readiness.evidence.dataset import Item, Listing
from readiness.measures import hashes
from readiness_coordinator.formats.labelled import Labelled, Picture
from readiness_coordinator.formats.layout import UNASSIGNED
from readiness_coordinator.scan.listing import listing, one_of_each_first
from readiness_coordinator.scan.seen import Group, Seen
from readiness_coordinator.scan.view import Print, View

_BATCH = 512


def find(seen: Seen) -> dict[str, Listing]:
    """List copies, those in two splits, and those with different labels; nothing while no image could be compared."""
    if seen.groups is None:
        return {}
    pictures = {picture.name: picture for picture in seen.labelled.pictures}
    items = [_item(group, [pictures[name] for name in group.images]) for group in seen.groups]
    shared = [one for one in items if len(one.splits) > 1]
    shared += [
        Item(images=(name,), detail="listed in both splits", splits=tuple(sorted(splits)))
        for name, splits in seen.labelled.listed_twice
    ]
    return {
        "images-duplicated": listing(items),
        "images-shared-across-splits": listing(shared),
        "labels-conflict": _conflicting(seen),
    }


def groups(labelled: Labelled, views: Mapping[str, View], prints: Mapping[str, Print]) -> tuple[Group, ...] | None:
    """Join equal and nearly equal pictures into groups of two or more; None where no image could be decoded.

    Same is: equal pixels, or hashes that differ in at most hashes.NEAR bits in some orientation and thumbnails that
    agree everywhere.
    """
    by_pixels: dict[str, list[str]] = {}
    for picture in labelled.pictures:
        if (seen := views.get(picture.name)) is not None and seen.pixels:
            by_pixels.setdefault(seen.pixels, []).append(picture.name)
    if not by_pixels:
        return None
    equal = list(by_pixels.values())
    together: dict[int, list[list[str]]] = {}
    for label, names in zip(_joined([views[names[0]] for names in equal], prints), equal, strict=True):
        together.setdefault(label, []).append(names)
    return tuple(
        Group(images=tuple(sorted(name for names in parts for name in names)), equal=len(parts) == 1)
        for parts in together.values()
        if sum(map(len, parts)) > 1
    )


def _item(group: Group, pictures: list[Picture]) -> Item:
    images = one_of_each_first(pictures)
    kind = "equal pixels" if group.equal else "nearly equal pictures"
    detail = kind if len(images) == 2 else f"{len(images)} times {kind}, such as {images[0]} = {images[1]}"
    splits = sorted({picture.split for picture in pictures} - {UNASSIGNED})
    return Item(images=images, detail=detail, splits=tuple(splits))


def _conflicting(seen: Seen) -> Listing:
    """List pictures with equal pixels whose class labels differ."""
    alike: dict[str, list[Picture]] = {}
    for picture in seen.labelled.pictures:
        view = seen.views.get(picture.name)
        if picture.label is not None and view is not None and view.pixels:
            alike.setdefault(view.pixels, []).append(picture)
    return listing(
        [
            Item(
                images=tuple(picture.name for picture in group),
                detail=" or ".join(labels),
                classes=tuple(labels),
                splits=tuple(sorted({picture.split for picture in group})),
            )
            for group in alike.values()
            if len(labels := sorted({str(picture.label) for picture in group})) > 1
        ]
    )


def _joined(views: list[View], prints: Mapping[str, Print]) -> list[int]:
    """Label pictures so that nearly equal ones, each pair verified on its thumbnails, share a label."""
    labels = np.arange(len(views))
    usable = np.array([index for index, seen in enumerate(views) if seen.hashes is not None], dtype=np.int64)
    table = np.frombuffer(b"".join(views[index].hashes or b"" for index in usable), dtype=np.uint64)
    thumbs = np.frombuffer(b"".join(prints[str(views[index].digest)].thumbnail for index in usable), dtype=np.uint8)
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
