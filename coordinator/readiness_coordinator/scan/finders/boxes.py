"""Faults in single boxes: without area, past the edge, over the whole frame, too long and thin."""

import numpy as np

from readiness.evidence.dataset import Listing
from readiness_coordinator.scan.listing import of_objects
from readiness_coordinator.scan.objects import Floats, Mask, Objects
from readiness_coordinator.scan.seen import Seen

# Half a pixel is what rounding to whole pixels may do; one pixel is a box that some trainer clips and another refuses.
OUTSIDE_PX = 0.5
# The limits of hotcoco's health check, and of what a person would call the whole frame.
EXTREME, LONG = 20.0, 10.0
FULL, LARGE = 0.95, 0.5
# With fewer boxes a class has no habit of its own, and the whole dataset's counts.
_ENOUGH = 30


def find(seen: Seen) -> dict[str, Listing]:
    """List what is wrong with the boxes of one dataset version."""
    if seen.labelled.task == "classification":
        return {}
    objects = seen.objects
    found = {
        "box-degenerate": _listed(objects, degenerate(objects)),
        "box-side-extreme": _listed(objects, extreme(objects)),
    }
    # Without the size of a single image nothing is known of any edge.
    if objects.picture.size == 0 or not np.isnan(objects.frame).all():
        found["box-out-of-bounds"] = _listed(objects, outside(objects), in_frame=True)
        found["box-full-frame"] = _listed(objects, full(objects), in_frame=True)
    return found


def degenerate(objects: Objects) -> Mask:
    """Mark (n,) boxes whose width or height is less than a pixel, negative ones included."""
    marked: Mask = np.asarray((objects.box[:, 2:] < 1).any(axis=1))
    return marked


def outside(objects: Objects) -> Mask:
    """Mark (n,) boxes that pass an edge of the decoded image by more than OUTSIDE_PX.

    A turned box cannot be clipped, so its corners may stand out; its middle may not.
    """
    low, size = objects.box[:, :2], objects.box[:, 2:]
    low = np.where(objects.oriented[:, None], low + size / 2, low)
    high = np.where(objects.oriented[:, None], low, low + size)
    past = (low < -OUTSIDE_PX) | (high > objects.sizes() + OUTSIDE_PX)
    return np.asarray(past.any(axis=1))


def full(objects: Objects) -> Mask:
    """Mark (n,) boxes over at least FULL of their frame, where that is neither close-ups nor the habit.

    Close-ups come in all sizes: a class with as many boxes over LARGE to FULL of the frame has them. On COCO 1 in 230
    boxes covers the frame and 1 in 25 half of it or more.
    """
    cover = np.where(objects.single(), objects.cover(), np.nan)
    covering, large = cover >= FULL, (cover >= LARGE) & (cover < FULL)
    count, whole, near = (_count(objects, mask) for mask in (cover >= 0, covering, large))
    habit = (near >= whole) | (whole > count / 2)
    alone = count >= _ENOUGH
    overall = bool(near.sum() >= whole.sum() or whole.sum() > count.sum() / 2)
    marked: Mask = covering & ~np.where(alone, habit, overall)[objects.row]
    return marked


def extreme(objects: Objects) -> Mask:
    """Mark (n,) boxes with sides over EXTREME to 1, unless a quarter of their class is longer than LONG to 1."""
    usable = objects.single() & ~degenerate(objects)
    sides = np.where(usable[:, None], objects.box[:, 2:], np.nan)
    ratio = sides.max(axis=1) / sides.min(axis=1)
    count, long = _count(objects, ratio >= 1), _count(objects, ratio >= LONG)
    alone = count >= _ENOUGH
    habit = np.where(alone, long * 4 >= count, long.sum() * 4 >= count.sum())
    marked: Mask = (ratio > EXTREME) & ~habit[objects.row]
    return marked


def words(objects: Objects, index: int) -> str:
    """Say which class a box has and where it lies."""
    name = objects.labelled.classes[int(objects.row[index])]
    return f"{name} at {place(objects.box[index])}"


def place(box: Floats) -> str:
    x, y, w, h = box.tolist()
    return f"{x:g},{y:g} ({w:g}x{h:g})"


def _listed(objects: Objects, marked: Mask, *, in_frame: bool = False) -> Listing:
    def said(index: int) -> str:
        width, height = objects.frame[int(objects.picture[index])].tolist()
        return words(objects, index) + (f" in {width:g}x{height:g}" if in_frame else "")

    return of_objects(objects, np.flatnonzero(marked), said)


def _count(objects: Objects, marked: Mask) -> Floats:
    return np.bincount(objects.row[marked], minlength=len(objects.labelled.classes)).astype(np.float64)
