"""Objects drawn twice: two nearly equal boxes of one class, or one box under two classes."""

import numpy as np

from readiness.evidence.dataset import Listing
from readiness.measures import boxes, sweep
from readiness_coordinator.scan.finders.boxes import place
from readiness_coordinator.scan.listing import of_objects
from readiness_coordinator.scan.objects import Indices, Objects
from readiness_coordinator.scan.seen import Seen

# Two of a kind overlap so far only when drawn twice: 8 pairs in 4,155 densely packed blood cells, none in COCO's 1,385.
DOUBLED = 0.8
# Where ObjectLab (Tkachenko et al. 2023) takes two boxes of different classes for the same one.
SAME = 0.95
_MOST = 4096


def find(seen: Seen) -> dict[str, Listing]:
    """List boxes that repeat another one of their image; crowds and regions of masks are left out."""
    if seen.labelled.task == "classification":
        return {}
    objects = seen.objects
    return {
        "box-duplicate": _listed(objects, doubled(objects)),
        "box-under-two-classes": _listed(objects, relabelled(objects)),
    }


def doubled(objects: Objects) -> dict[int, tuple[int, float]]:
    """Give, for each box whose IoU with one before it of its class is above DOUBLED, that box and the IoU."""
    group = objects.picture * len(objects.labelled.classes) + objects.row
    return _repeated(objects, group, DOUBLED)


def relabelled(objects: Objects) -> dict[int, tuple[int, float]]:
    """Give, for each box whose IoU with one of another class is at least SAME, that box and the IoU."""
    pairs = _repeated(objects, objects.picture, SAME)
    return {one: pair for one, pair in pairs.items() if objects.row[one] != objects.row[pair[0]]}


def _repeated(objects: Objects, group: Indices, share: float) -> dict[int, tuple[int, float]]:
    """Hold each box against those of its group (n,) that begin near it, from left to right.

    Two boxes with an IoU above t begin less than (1 - t) of a width apart. What repeats another box is done with, so
    that thousands of equal boxes are as many steps and not as many squared.
    """
    usable = np.flatnonzero((objects.box[:, 2:] > 0).all(axis=1) & objects.single())
    order = usable[sweep.order(group[usable], *objects.box[usable].T, objects.row[usable])]
    corners = boxes.corners(objects.box[order])
    reach = corners[:, 0] + (1 - share) * (corners[:, 2] - corners[:, 0])
    alive = np.ones(order.size, dtype=np.bool_)
    found: dict[int, tuple[int, float]] = {}
    for i, j in sweep.overlapping(group[order], corners[:, 0], reach, alive, _MOST):
        overlap = boxes.iou_each(corners[i], corners[j])
        same = overlap >= share
        alive[j[same]] = False
        pairs = zip(order[i[same]].tolist(), order[j[same]].tolist(), overlap[same].tolist(), strict=True)
        found |= {other: (one, value) for one, other, value in pairs}
    return found


def _listed(objects: Objects, found: dict[int, tuple[int, float]]) -> Listing:
    beside = {other: one for other, (one, _) in found.items()}

    def said(index: int) -> str:
        one, overlap = found[index]
        names = [objects.labelled.classes[int(objects.row[each])] for each in (one, index)]
        second = place(objects.box[index]) if names[0] == names[1] else f"{names[1]} at {place(objects.box[index])}"
        return f"{names[0]} at {place(objects.box[one])} and {second}, IoU {overlap:.2f}"

    return of_objects(objects, np.array(sorted(found), dtype=np.intp), said, beside)
