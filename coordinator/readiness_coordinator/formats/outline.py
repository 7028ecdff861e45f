"""Shapes as labelling tools draw them (polygons, ellipses, turned boxes) to one object's rings, box and area."""

import math
from typing import Any

import msgspec

from readiness_coordinator.formats import layout
from readiness_coordinator.formats.labelled import Annotation, Box
from readiness_coordinator.formats.yolo_rows import ring_area

Ring = tuple[float, ...]

_CORNERS = 32


def polygon(name: str, row: int, rings: tuple[Ring, ...]) -> Annotation:
    """Give one object of one or more rings x y x y … in pixels; its area is the sum of theirs."""
    area = math.fsum(ring_area(ring) for ring in rings)
    return Annotation(id=name, row=row, box=around(rings), area=area, polygon=rings, shape="polygon")


def box(name: str, row: int, x1: float, y1: float, x2: float, y2: float) -> Annotation:
    """Give a box as its corners are written, in whichever order."""
    return Annotation(id=name, row=row, box=(x1, y1, x2 - x1, y2 - y1))


def oriented(name: str, row: int, corners: Ring) -> Annotation:
    """Give a turned box by its four corners x y x y x y x y."""
    return Annotation(
        id=name, row=row, box=around((corners,)), area=ring_area(corners), polygon=(corners,), shape="oriented"
    )


def around(rings: tuple[Ring, ...]) -> Box:
    """Give the upright box x y w h around all rings."""
    xs, ys = [x for ring in rings for x in ring[::2]], [y for ring in rings for y in ring[1::2]]
    return min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)


def ellipse(x: float, y: float, across: float, down: float, degrees: float = 0.0) -> Ring:
    """Give an ellipse around x y, by its half axes, as a ring of 32 corners; turned as `turned` does."""
    steps = [2 * math.pi * step / _CORNERS for step in range(_CORNERS)]
    return turned(tuple(v for t in steps for v in (x + across * math.cos(t), y + down * math.sin(t))), x, y, degrees)


def turned(ring: Ring, x: float, y: float, degrees: float) -> Ring:
    """Turn a ring around x y, clockwise as the picture is seen (its y axis points down)."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    pairs = [(px - x, py - y) for px, py in zip(ring[::2], ring[1::2], strict=True)]
    return tuple(v for px, py in pairs for v in (x + px * cos - py * sin, y + px * sin + py * cos))


def ring(numbers: Any) -> Ring:
    """Read x y x y …; raises ValueError in plain words for fewer than three corners or what is no number."""
    found = tuple(layout.finite(value) for value in numbers)
    if len(found) < 6 or len(found) % 2:
        raise ValueError(f"a polygon needs 3 corners or more, not {len(found) / 2:g}")
    return found


def joined(name: str, parts: list[Annotation]) -> Annotation:
    """Make one object of parts that were drawn apart: all their rings, the box around them, the sum of their areas."""
    rings = tuple(ring for part in parts for ring in (part.polygon or (_corners(part),)))
    areas = [part.area if part.area is not None else ring_area(_corners(part)) for part in parts]
    shape = "mask" if all(part.shape == "mask" for part in parts) else "polygon"
    whole = polygon(name, parts[0].row, rings)
    return msgspec.structs.replace(
        whole, area=math.fsum(areas), shape=shape, polygon=() if shape == "mask" else whole.polygon
    )


def _corners(part: Annotation) -> Ring:
    assert part.box is not None
    x, y, w, h = part.box
    return x, y, x + w, y, x + w, y + h, x, y + h
