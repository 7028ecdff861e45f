"""Faults in boxes: without area, past the edge, doubled, small."""

from collections.abc import Mapping

import numpy as np

from readiness.evidence.dataset import Listing
from readiness.measures import boxes
from readiness_coordinator import slices
from readiness_coordinator.formats.labelled import Annotation, Labelled, Picture, area
from readiness_coordinator.scan.listing import item, listing
from readiness_coordinator.scan.seen import Seen
from readiness_coordinator.scan.view import View

DOUBLED = 0.8
OUTSIDE_PX = 1.0


def find(seen: Seen) -> dict[str, Listing]:
    """List what is wrong with the boxes of one dataset version."""
    labelled, views = seen.labelled, seen.views
    if labelled.task == "classification":
        return {}
    return {
        "box-degenerate": degenerate(labelled),
        "box-out-of-bounds": outside(labelled, views),
        "box-duplicate": doubled(labelled),
        "objects-small": small(labelled),
    }


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


def outside(labelled: Labelled, views: Mapping[str, View]) -> Listing:
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
