"""COCO's annotations: boxes, polygons of several parts and run-length masks, each bad one told of by its id."""

import math
from typing import Any, NamedTuple

import hotcoco.mask

from readiness.measures import rle
from readiness_coordinator.formats import layout
from readiness_coordinator.formats.coco_json import Entry, Part, entries, integer, spent
from readiness_coordinator.formats.labelled import Annotation, Box, Fault
from readiness_coordinator.formats.yolo_rows import ring_area

Rings = tuple[tuple[float, ...], ...]
Size = tuple[int | None, int | None]


class Objects(NamedTuple):
    """The usable annotations of one file, and what is wrong with those of each listed image, by image id as text."""

    usable: dict[str, list[Annotation]]
    faulty: dict[str, list[Fault]]


class _Mask(NamedTuple):
    area: int
    box: Box
    runs: tuple[int, int, bytes] | None


def read(part: Part, sizes: dict[str, Size], rows: dict[int, int], faults: list[Fault]) -> Objects:
    """Read every annotation; what is wrong with one becomes a Fault that names it, in `faults` where it has no image.

    The part's own list of annotations is emptied on the way.

    `sizes` holds width and height of each listed image by its id as text, `rows` the class row of each category id.
    """
    found = Objects({}, {})
    ids: set[str] = set()
    for number, entry in entries(spent(part.annotations), f"{part.where} annotation", faults):
        identity = layout.clean(str(entry.get("id", f"#{number}")))
        where = f"{part.where} annotation {identity}"
        category = integer(entry.get("category_id"))
        image, row = str(entry.get("image_id")), None if category is None else rows.get(category)
        bad: list[Fault] = []
        if identity in ids:
            bad.append(Fault(where, "this id was given before"))
        ids.add(identity)
        if image not in sizes:
            bad.append(Fault(where, f"image {image} is not listed"))
        elif row is None:
            bad.append(Fault(where, f"category {entry.get('category_id')} is not listed", "class-undefined"))
        else:
            try:
                one = _annotation(entry, identity, row, where, sizes[image], bad)
            except ValueError as error:
                bad.append(Fault(where, str(error)))
            else:
                found.usable.setdefault(image, []).append(one)
        if bad and image in sizes:
            found.faulty.setdefault(image, []).extend(bad)
        faults += bad if image not in sizes else ()
    return found


def _annotation(entry: Entry, identity: str, row: int, where: str, size: Size, faults: list[Fault]) -> Annotation:
    drawn = entry.get("segmentation")
    rings = _rings(drawn, where, faults)
    mask = _mask(drawn, where, size, faults) if isinstance(drawn, dict) else None
    box = _box(entry.get("bbox"), rings, mask)
    area: float | None
    try:
        area = layout.finite(entry.get("area"))
    except ValueError:
        area = math.fsum(ring_area(ring) for ring in rings) if rings else float(mask.area) if mask else None
    return Annotation(
        id=identity,
        row=row,
        box=box,
        area=area,
        crowd=bool(entry.get("iscrowd")),
        polygon=rings,
        shape="polygon" if rings else "mask" if mask else "box",
        mask_px=mask.area if mask else None,
        runs=mask.runs if mask else None,
    )


def _box(said: Any, rings: Rings, mask: _Mask | None) -> Box:
    if said in (None, []) and rings:
        xs, ys = [x for ring in rings for x in ring[::2]], [y for ring in rings for y in ring[1::2]]
        return min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)
    if said in (None, []) and mask:
        return mask.box
    if not isinstance(said, list) or len(said) != 4:
        raise ValueError(f"bbox {str(said)[:60]} is not x, y, width, height")
    x, y, w, h = map(layout.finite, said)
    return x, y, w, h


def _rings(said: Any, where: str, faults: list[Fault]) -> Rings:
    """Give the polygon's parts. A bad ring is told of and does not cost the object its box."""
    rings = [_ring(ring) for ring in said if ring != []] if isinstance(said, list) else []
    if not all(rings):
        what = "segmentation: a ring needs an even count of at least 6 finite numbers"
        faults.append(Fault(where, what, "polygon-invalid"))
    return tuple(ring for ring in rings if ring)


def _ring(said: Any) -> tuple[float, ...]:
    if not isinstance(said, list) or len(said) < 6 or len(said) % 2:
        return ()
    try:
        return tuple(map(layout.finite, said))
    except ValueError:
        return ()


def _mask(said: dict[str, Any], where: str, size: Size, faults: list[Fault]) -> _Mask | None:
    """Read a run-length mask; None, and a Fault, for one that is none."""
    sides = said.get("size")
    height, width = map(integer, sides) if isinstance(sides, list) and len(sides) == 2 else (None, None)
    try:
        runs = rle.counts(said.get("counts"))
    except rle.BadRuns as error:
        faults.append(Fault(where, f"segmentation: {error}", "polygon-invalid"))
        return None
    if height is None or width is None or not 0 < height <= 1 << 20 or not 0 < width <= 1 << 20:
        faults.append(Fault(where, f"segmentation: size {str(sides)[:40]} is not height, width", "polygon-invalid"))
        return None
    if any(of_image not in {None, of_mask} for of_image, of_mask in zip(size, (width, height), strict=True)):
        what = f"the mask is {width}x{height}, the image {size[0]}x{size[1]} pixels"
        faults.append(Fault(where, what, "mask-size-differs"))
    elif (covered := int(runs.sum())) != width * height:
        what = f"the mask's runs cover {covered:,} of its {width}x{height} pixels"
        faults.append(Fault(where, what, "mask-size-differs"))
    else:
        return _Mask(rle.area(runs), rle.box(runs, height), (height, width, _compressed(said["counts"], height, width)))
    return _Mask(rle.area(runs), rle.box(runs, height), None)


def _compressed(counts: str | list[int], height: int, width: int) -> bytes:
    if isinstance(counts, str):
        return counts.encode()
    code: bytes = hotcoco.mask.fr_py_objects({"size": [height, width], "counts": counts}, height, width)["counts"]
    return code
