"""How large objects are: small ones, those too small at the target's input size, strays in size among their class."""

import numpy as np

from readiness.evidence.dataset import INPUT_SIZES, Listing, TinyCount
from readiness.listed import counted
from readiness_coordinator import slices
from readiness_coordinator.scan.finders import boxes
from readiness_coordinator.scan.listing import of_holders, of_objects
from readiness_coordinator.scan.objects import Floats, Indices, Mask, Objects
from readiness_coordinator.scan.seen import Seen

# The finest grid of YOLO, SSD and RetinaNet heads has a stride of 8 pixels: less is not one cell of it.
TINY_PX = 8.0
# Datumaro's validator draws the line at 5 sigma of the mean. By the median, boxes of blood cells reach 4.9, and a
# platelet among the white ones 7.9. What stands before an object bends its shape more: chairs at a table reach 6.9.
FAR, FAR_SHAPE = 6.0, 10.0
_ENOUGH = 30
_STRAYS = 0.05
# Classes drawn with boxes of one size have no spread; a tenth of a decade is no stray.
_LEAST_SIGMA = 0.23
# People draw a cut object to near the edge, not onto it.
_EDGE = 0.03


def find(seen: Seen) -> dict[str, Listing]:
    """List objects by what their size makes of them."""
    if seen.labelled.task == "classification":
        return {}
    objects, px = seen.objects, seen.options.input_px
    small = np.flatnonzero(objects.area < slices.SMALL)
    strays, said = outliers(objects)
    found = {
        "objects-small": of_holders(objects, small, lambda few, all_: f"{few} of {counted(all_, 'objects')}"),
        "box-size-outlier": of_objects(objects, np.flatnonzero(strays), lambda index: said[index]),
    }
    if px is not None:
        tiny = np.flatnonzero(needed_px(objects) > px)
        found["objects-tiny-at-target"] = of_holders(
            objects, tiny, lambda few, all_: f"{few} of {counted(all_, 'objects')} under {TINY_PX:g} px at {px}"
        )
    return found


def tiny_counts(objects: Objects) -> tuple[TinyCount, ...]:
    """Count, per class and input size, the objects that shrink under TINY_PX; those in frames of unknown size not."""
    needed = needed_px(objects)
    known = ~np.isnan(needed)
    rows = objects.row[known]
    column = np.searchsorted(np.array(INPUT_SIZES, dtype=np.float64), needed[known], side="left")
    table = np.zeros((len(objects.labelled.classes), len(INPUT_SIZES) + 1), dtype=np.int64)
    np.add.at(table, (rows, column), 1)
    # An object is tiny at every size below the one it needs.
    under = table[:, ::-1].cumsum(axis=1)[:, ::-1]
    return tuple(
        TinyCount(name=name, objects=int(under[row, 0]), under=tuple(under[row, 1:].tolist()))
        for row, name in enumerate(objects.labelled.classes)
        if under[row, 0]
    )


def needed_px(objects: Objects) -> Floats:
    """Give the input size (n,) at which a box's shorter side reaches TINY_PX when the frame's longer side fills it.

    NaN for crowds and regions, for boxes without area, and where the frame's size is unknown.
    """
    shorter = objects.box[:, 2:].min(axis=1, initial=np.inf)
    shorter = np.where(objects.single() & (shorter > 0), shorter, np.nan)
    needed: Floats = TINY_PX * objects.sizes().max(axis=1, initial=-np.inf) / shorter
    return needed


def outliers(objects: Objects) -> tuple[Mask, dict[int, str]]:
    """Mark (n,) boxes whose area or shape lies FAR or FAR_SHAPE sigma from their class's median, and say how far.

    Robust z of the log area (as a share of the frame) and of the log of width over height, by the median absolute
    deviation; in classes of 30 or more, where such are at most 1 in 20. What the frame cuts off may be smaller and of
    another shape than its like. Crowds, regions, and boxes that are faulty anyhow are left out.
    """
    low, size, frames = objects.box[:, :2], objects.box[:, 2:], objects.sizes()
    faulty = boxes.degenerate(objects) | np.isnan(frames).any(axis=1) | np.isnan(size).any(axis=1)
    usable = np.flatnonzero(objects.single() & ~faulty)
    near = (low < _EDGE * frames) | (low + size > (1 - _EDGE) * frames)
    cut = np.asarray(near.any(axis=1))[usable]
    rows, classes = objects.row[usable], len(objects.labelled.classes)
    area = _off(rows, np.log(size[usable].prod(axis=1) / frames[usable].prod(axis=1)), classes, FAR)
    shape = _off(rows, np.log(size[usable, 0] / size[usable, 1]), classes, FAR_SHAPE)
    marked, said = np.zeros(objects.row.size, dtype=np.bool_), {}
    for name, off, excused in (("area", area, cut & (area < 0)), ("width to height", shape, cut)):
        far = np.flatnonzero(_few(rows, (off != 0) & ~excused, classes))
        for index, factor in zip(usable[far].tolist(), np.exp(off[far]).tolist(), strict=True):
            times = f"{factor:.2g} times" if factor >= 1 else f"1/{1 / factor:.2g} of"
            said[index] = f"{boxes.words(objects, index)}: {name} {times} its class's usual"
            marked[index] = True
    return marked, said


def _off(rows: Indices, values: Floats, classes: int, limit: float) -> Floats:
    """Give how far (k,) the values lie from the median of their row, 0 where that is within `limit` sigma."""
    off = values - medians(rows, values, classes)[rows]
    sigma = np.maximum(1.4826 * medians(rows, np.abs(off), classes), _LEAST_SIGMA)[rows]
    return np.where(np.abs(off) > limit * sigma, off, 0)


def _few(rows: Indices, far: Mask, classes: int) -> Mask:
    """Leave only those (k,) that are strays among many of their row."""
    count, strays = np.bincount(rows, minlength=classes), np.bincount(rows[far], minlength=classes)
    few: Mask = far & ((count >= _ENOUGH) & (strays <= np.maximum(1, _STRAYS * count)))[rows]
    return few


def medians(rows: Indices, values: Floats, classes: int) -> Floats:
    """Give the lower median (classes,) of the values (k,) of each row (k,), NaN of a row without one."""
    order = np.lexsort((values, rows))
    count = np.bincount(rows, minlength=classes)
    held = np.flatnonzero(count)
    starts = np.concatenate([[0], np.cumsum(count)])
    out = np.full(classes, np.nan)
    out[held] = values[order][starts[held] + (count[held] - 1) // 2]
    return out
