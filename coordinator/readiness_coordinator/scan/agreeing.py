"""Whether pictures with equal pixels carry equal labels: their class, or the same objects in the same places."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

from readiness.evidence.dataset import Item, Listing
from readiness.listed import counted
from readiness.measures import boxes
from readiness_coordinator.formats.labelled import Annotation, Picture
from readiness_coordinator.scan.listing import listing
from readiness_coordinator.scan.seen import Seen

# Boxes of one object by two people overlap more than this (PASCAL VOC's rule for a match).
_SAME_IOU = 0.5
_NOWHERE = (float("nan"),) * 4

Objects = Sequence[Annotation]
Grid = npt.NDArray[np.bool_]


def conflicts(seen: Seen) -> Listing:
    """List pictures with equal pixels whose labels differ; those without any label are listed elsewhere."""
    alike: dict[str, list[Picture]] = {}
    for picture in seen.labelled.pictures:
        view = seen.views.get(picture.name)
        if picture.labelled and view is not None and view.pixels:
            alike.setdefault(view.pixels, []).append(picture)
    found = [item for group in alike.values() if len(group) > 1 and (item := _conflict(seen, group)) is not None]
    return listing(found)


def _conflict(seen: Seen, group: list[Picture]) -> Item | None:
    names = tuple(picture.name for picture in group)
    splits = tuple(sorted({picture.split for picture in group}))
    if seen.labelled.task == "classification":
        labels = sorted({str(picture.label) for picture in group if picture.label is not None})
        if len(labels) < 2:
            return None
        return Item(images=names, detail=" or ".join(labels), classes=tuple(labels), splits=splits)
    first = group[0]
    for other in group[1:]:
        one, two = _unmatched(first.annotations, other.annotations)
        if one or two:
            classes = sorted({seen.labelled.classes[row] for row in [*one, *two]})
            detail = f"{_count(seen, first, one)}; {_count(seen, other, two)}"
            return Item(images=names, detail=detail, classes=tuple(classes), splits=splits)
    return None


def _unmatched(first: Objects, second: Objects) -> tuple[list[int], list[int]]:
    """Give the classes of the objects on either side that have no counterpart on the other."""
    same = _same(first, second)
    one, two = linear_sum_assignment(same, maximize=True)
    matched = same[one, two]
    lone = set(range(len(first))) - set(one[matched].tolist())
    other = set(range(len(second))) - set(two[matched].tolist())
    return [first[place].row for place in sorted(lone)], [second[place].row for place in sorted(other)]


def _same(first: Objects, second: Objects) -> Grid:
    """Tell which objects, (n, m), have one class and one place; an object without a box stands anywhere."""
    one, two = (
        np.array([one.box or _NOWHERE for one in side], dtype=np.float64).reshape(-1, 4) for side in (first, second)
    )
    rows = [np.array([one.row for one in side]) for side in (first, second)]
    share = boxes.iou(boxes.corners(one), boxes.corners(two))
    equal: Grid = np.all(one[:, None] == two[None], axis=2)
    lost, mislaid = np.isnan(one[:, :1]), np.isnan(two[:, 0])
    there: Grid = (share >= _SAME_IOU) | equal | lost | mislaid
    alike: Grid = there & np.equal(rows[0][:, None], rows[1][None])
    return alike


def _count(seen: Seen, picture: Picture, rows: list[int]) -> str:
    names = sorted({seen.labelled.classes[row] for row in rows})
    lone = f", {len(rows)} of them in it alone ({', '.join(names)})" if rows else ""
    return f"{picture.name} has {counted(len(picture.annotations), 'objects')}{lone}"
