"""Faults in labels: boxes without area, outside or doubled, small objects, thin labels, one picture two labels."""

import numpy as np

from readiness.evidence.dataset import LISTED, Item, Listing
from readiness.measures import boxes
from readiness_coordinator import slices
from readiness_coordinator.formats.labelled import Annotation, Labelled, Picture
from readiness_coordinator.scan.viewing import View

DOUBLED = 0.8
OUTSIDE_PX = 1.0
# Fewer images than this have no usual count to fall short of.
_ENOUGH = 20
_FENCE = 2.2


def listing(items: list[Item], total: int | None = None) -> Listing:
    """Sort the items by name and keep the first LISTED; `total` counts otherwise than one per item."""
    ordered = sorted(items, key=lambda item: (item.images, item.detail))
    images = {image for one in items for image in one.images}
    count = len(items) if total is None else total
    return Listing(total=count, items=tuple(ordered[:LISTED]), images_total=len(images))


def degenerate(labelled: Labelled) -> Listing:
    """List boxes whose width or height is zero or less."""
    return listing(
        [
            item(labelled, picture, (one,), f"{_name(labelled, one)} at {_place(one)}")
            for picture in labelled.pictures
            for one in picture.annotations
            if one.box is not None and (one.box[2] <= 0 or one.box[3] <= 0)
        ]
    )


def outside(labelled: Labelled, views: dict[str, View]) -> Listing:
    """List boxes that pass an edge of the decoded image by more than OUTSIDE_PX."""
    return listing(
        [
            item(labelled, picture, (one,), f"{_name(labelled, one)} at {_place(one)} in {size[0]}x{size[1]}")
            for picture in labelled.pictures
            if (size := _size(picture, views.get(picture.name))) is not None
            for one in picture.annotations
            if _is_outside(one, size)
        ]
    )


def doubled(labelled: Labelled) -> Listing:
    """List pairs of boxes of one class in one image whose IoU is above DOUBLED; crowds are left out."""
    found = []
    for picture in labelled.pictures:
        for row in sorted({one.row for one in picture.annotations}):
            same = [one for one in picture.annotations if one.row == row and not one.crowd and one.box is not None]
            if len(same) < 2:
                continue
            corners = boxes.corners(np.array([one.box for one in same], dtype=np.float64))
            share = np.triu(boxes.iou(corners, corners), 1)
            for i, j in np.argwhere(share > DOUBLED).tolist():
                pair = (same[i], same[j])
                words = f"{_name(labelled, same[i])} at {_place(same[i])} and {_place(same[j])}, IoU {share[i, j]:.2f}"
                found.append(item(labelled, picture, pair, words))
    return listing(found)


def small(labelled: Labelled) -> Listing:
    """Count objects under 32x32 pixels; one item per image that holds any."""
    found, total = [], 0
    for picture in labelled.pictures:
        little = tuple(one for one in picture.annotations if slices.object_size(area(one)) == "small")
        if little:
            total += len(little)
            found.append(item(labelled, picture, little, f"{len(little)} of {len(picture.annotations)} objects"))
    return listing(found, total)


def few(labelled: Labelled) -> Listing:
    """List images with far fewer objects than the dataset's images have.

    Of the square roots of the counts, which have an even spread where counts are Poisson (Anscombe 1948), those
    below the lower quartile less 2.2 interquartile ranges (Hoaglin and Iglewicz 1987). Images labelled as empty are
    left out: that was said on purpose.
    """
    counted = [picture for picture in labelled.pictures if picture.annotations]
    if len(counted) < _ENOUGH:
        return Listing()
    counts = np.array([len(picture.annotations) for picture in counted])
    low, middle, high = np.quantile(np.sqrt(counts), (0.25, 0.5, 0.75))
    fence = low - _FENCE * (high - low)
    # Where nearly every image has the same count, one object fewer is no broken-off labelling.
    fence = min(fence, middle / 2)
    usual = f"usual are {int(np.median(counts))}"
    return listing(
        [
            item(labelled, picture, picture.annotations, f"{count} labelled, {usual}")
            for picture, count in zip(counted, counts.tolist(), strict=True)
            if count**0.5 < fence
        ]
    )


def conflicting(labelled: Labelled, views: dict[str, View]) -> Listing:
    """List pictures with equal pixels whose class labels differ."""
    groups: dict[str, list[Picture]] = {}
    for picture in labelled.pictures:
        seen = views.get(picture.name)
        if picture.label is not None and seen is not None and seen.pixels:
            groups.setdefault(seen.pixels, []).append(picture)
    return listing(
        [
            Item(
                images=tuple(picture.name for picture in group),
                detail=" or ".join(labels),
                classes=tuple(labels),
                splits=tuple(sorted({picture.split for picture in group})),
            )
            for group in groups.values()
            if len(labels := sorted({str(picture.label) for picture in group})) > 1
        ]
    )


def area(one: Annotation) -> float:
    """Give an object's area in square pixels: as labelled, else its box's."""
    if one.area is not None:
        return one.area
    return max(one.box[2], 0.0) * max(one.box[3], 0.0) if one.box is not None else 0.0


def item(labelled: Labelled, picture: Picture, objects: tuple[Annotation, ...], detail: str) -> Item:
    names = {labelled.classes[one.row] for one in objects}
    return Item(images=(picture.name,), detail=detail, classes=tuple(sorted(names)), splits=(picture.split,))


def _is_outside(one: Annotation, size: tuple[int, int]) -> bool:
    if one.box is None:
        return False
    x, y, w, h = one.box
    low, right, bottom = -OUTSIDE_PX, size[0] + OUTSIDE_PX, size[1] + OUTSIDE_PX
    return x < low or y < low or x + w > right or y + h > bottom


def _size(picture: Picture, seen: View | None) -> tuple[int, int] | None:
    if seen is not None and seen.width:
        return seen.width, seen.height
    return (picture.width, picture.height) if picture.width and picture.height else None


def _name(labelled: Labelled, one: Annotation) -> str:
    return labelled.classes[one.row]


def _place(one: Annotation) -> str:
    assert one.box is not None
    x, y, w, h = one.box
    return f"{x:g},{y:g} ({w:g}x{h:g})"
