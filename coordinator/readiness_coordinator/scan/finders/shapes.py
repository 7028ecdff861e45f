"""Faults in outlines: polygons that are none, areas that contradict what is drawn."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from readiness.evidence.dataset import Listing
from readiness.measures import polygons
from readiness.measures.polygons import Rings
from readiness_coordinator.formats.labelled import OFF, OFF_PX
from readiness_coordinator.scan.faults import of_code
from readiness_coordinator.scan.finders import boxes
from readiness_coordinator.scan.listing import joined, of_objects
from readiness_coordinator.scan.objects import Floats, Indices, Mask, Objects
from readiness_coordinator.scan.seen import Seen

# COCO's 2,529 rings stay inside image and box, to the last digit, as their areas are those that are said of them.
_OUT_OF_BOX_PX = 1.0
_LOOP, _LOOP_PX = 0.01, 1.0
_NO_AREA_PX = 0.01
# With so many boxes whose area is width times height, an area that differs is no mask's that was left out.
_HABIT = 0.9


# Rings are laid out by so many numbers at a time, some 40 MB of arrays.
_BLOCK = 500_000


class Outlines(NamedTuple):
    """The rings of some objects, and which object (r,) each belongs to."""

    rings: Rings
    owner: Indices


class Drawn(NamedTuple):
    """What the outlines of all objects give: what is wrong by object, and each one's area (n,), NaN without outline."""

    faults: dict[int, str]
    area: Floats


def find(seen: Seen) -> dict[str, Listing]:
    """List polygons and areas that contradict themselves."""
    if seen.labelled.task == "classification":
        return {}
    objects = seen.objects
    drawn = measured(objects)
    areas = contradicting(objects, drawn)
    return {
        "polygon-invalid": joined(
            of_code(seen.labelled, "polygon-invalid"),
            of_objects(objects, _sorted(drawn.faults), lambda i: f"{boxes.words(objects, i)}: {drawn.faults[i]}"),
        ),
        "area-contradicts-shape": of_objects(
            objects,
            _sorted(areas),
            lambda i: f"{boxes.words(objects, i)}: area {objects.area_said[i]:g}, drawn are {areas[i]:g}",
        ),
    }


def measured(objects: Objects) -> Drawn:
    """Measure all outlines, block by block."""
    faults: dict[int, str] = {}
    area = np.full(objects.row.size, np.nan)
    for outlines in _blocks(objects):
        faults |= _invalid(objects, outlines)
        owners = np.unique(outlines.owner)
        area[owners] = 0
        np.add.at(area, outlines.owner, polygons.areas(outlines.rings))
    return Drawn(faults, area)


def contradicting(objects: Objects, drawn: Drawn) -> dict[int, float]:
    """Give, for each object whose labelled area is off by over 10 % and 4 px², the area that its geometry has.

    A polygon's area is that of its rings, a mask's what its run-length code counts. Without either the area may be a
    mask's that was left out: any that its box allows (labelled.area), unless nearly all areas are their box's. Crowds,
    whose areas COCO itself has up to 13 % above what their codes count (of 16), and polygons that are wrong anyhow are
    left out.
    """
    outlined, counted = ~np.isnan(drawn.area), ~np.isnan(objects.mask_px)
    box = np.clip(objects.box[:, 2:], 0, None).prod(axis=1)
    geometry = np.where(outlined, drawn.area, np.where(counted, objects.mask_px, box))
    said = objects.area_said
    asked = ~np.isnan(said) & ~objects.crowd
    asked[_sorted(drawn.faults)] = False
    apart = _apart(said, geometry)
    plain = asked & ~outlined & ~objects.masked
    exact = plain if (plain & ~apart).sum() >= _HABIT * plain.sum() else np.zeros_like(plain)
    refused = said != objects.area
    wrong = np.flatnonzero(asked & apart & (outlined | counted | exact | refused))
    return {index: float(geometry[index]) for index in wrong.tolist()}


def _blocks(objects: Objects) -> Iterator[Outlines]:
    rings: list[tuple[float, ...]] = []
    owner: list[int] = []
    held = 0
    each = (one for picture in objects.labelled.pictures for one in picture.annotations)
    for index, one in enumerate(each):
        if one.polygon:
            rings += one.polygon
            owner += [index] * len(one.polygon)
            held += sum(map(len, one.polygon))
        if held >= _BLOCK:
            yield Outlines(polygons.flat(rings), np.array(owner, dtype=np.intp))
            rings, owner, held = [], [], 0
    if rings:
        yield Outlines(polygons.flat(rings), np.array(owner, dtype=np.intp))


def _invalid(objects: Objects, outlines: Outlines) -> dict[int, str]:
    """Say of each object with a bad ring what is wrong: the first of too few corners, no area, crossing, outside.

    A crossing counts when it turns over more than 1 % of the ring's area: slips of the pen change no mask.
    """
    rings, owner = outlines
    areas, loops = polygons.areas(rings), polygons.turned_over(rings)
    past_box, past_image = _past(objects, outlines)
    faults = (
        ("fewer than 3 distinct corners", polygons.corners(rings) < 3),
        ("crosses itself", (loops > _LOOP_PX) & (loops > _LOOP * areas)),
        ("has no area", areas < _NO_AREA_PX),
        ("reaches out of its image", past_image),
        ("reaches out of its box", past_box),
    )
    found: dict[int, str] = {}
    for words, marked in reversed(faults):
        found |= dict.fromkeys(owner[marked].tolist(), words)
    return found


def _sorted(found: Iterable[int]) -> Indices:
    return np.array(sorted(found), dtype=np.intp)


def _apart(said: Floats, drawn: Floats) -> Mask:
    difference = np.abs(said - drawn)
    return (difference > OFF * drawn) & (difference > OFF_PX)


def _past(objects: Objects, outlines: Outlines) -> tuple[Mask, Mask]:
    """Mark rings (r,) with a corner out of their box, and out of their image; a turned box may stand out of both."""
    rings, owner = outlines
    index = owner[rings.ring]
    low, high = objects.box[index, :2], objects.box[index, :2] + objects.box[index, 2:]
    straight = ~objects.oriented[index]
    of_box = _beyond(rings.points, low, high) > _OUT_OF_BOX_PX
    of_image = _beyond(rings.points, np.zeros_like(low), objects.sizes()[index]) > boxes.OUTSIDE_PX
    return _any(rings, of_box & straight), _any(rings, of_image & straight)


def _beyond(points: Floats, low: Floats, high: Floats) -> Floats:
    far: Floats = np.maximum(low - points, points - high).max(axis=1, initial=-np.inf)
    return far


def _any(rings: Rings, marked: Mask) -> Mask:
    return np.bincount(rings.ring[marked], minlength=rings.first.size - 1) > 0
