"""The rows of one YOLO label file: a class and its box, polygon or box with keypoints, in fractions of the image."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from readiness_coordinator.formats.labelled import Annotation, Fault
from readiness_coordinator.formats.layout import finite

Size = tuple[int, int]
# Fractions of six digits times any width: what lies below is noise of their printing.
_DIGITS = 6


class Columns(NamedTuple):
    """What a dataset's rows hold: how many classes there are, and how many numbers of keypoints follow a box."""

    classes: int
    keypoints: int = 0


def parse(text: str, size: Size | None, columns: Columns, where: str) -> tuple[tuple[Annotation, ...], list[Fault]]:
    """Read every row; a bad one becomes a Fault that names file and line and leaves the others standing.

    Five columns are class, centre x, centre y, width, height; seven or more, an odd number, are a class and polygon
    corners. `size` is the image's width and height in pixels; without it the objects are counted but have no box.
    Pixels are rounded to a millionth.
    """
    found: list[Annotation | None] = []
    faults: list[Fault] = []
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.split()
        if not words:
            continue
        name = f"{where}:{number}"
        try:
            found.append(_row(words, size, columns, name, faults))
        except ValueError as error:
            faults.append(Fault(name, str(error)))
    return tuple(one for one in found if one is not None), faults


def _row(words: list[str], size: Size | None, columns: Columns, name: str, faults: list[Fault]) -> Annotation | None:
    numbers = _numbers(words)
    row, rest = numbers[0], numbers[1:]
    posed = columns.keypoints and len(rest) == 4 + columns.keypoints
    if not posed and len(rest) == 5:
        raise ValueError("6 columns: a prediction with its confidence is no label")
    if not posed and (len(rest) < 4 or (len(rest) > 4 and len(rest) % 2)):
        hint = "; keypoints need kpt_shape in data.yaml" if len(rest) > 6 and not columns.keypoints else ""
        raise ValueError(f"{len(numbers)} columns; a box has 5, a polygon 7 or more, an odd number{hint}")
    if posed or len(rest) == 4:
        rest = rest[:4]
    if max(rest) > 2 or min(rest) < -1:
        raise ValueError("coordinates are no fractions of the image; pixels are not YOLO")
    if row != int(row) or not 0 <= row < columns.classes:
        faults.append(Fault(name, f"class {words[0]} is none of 0 to {columns.classes - 1}", "class-undefined"))
        return None
    return _box(int(row), rest, size, name) if len(rest) == 4 else _polygon(int(row), rest, size, name)


def _numbers(words: list[str]) -> list[float]:
    try:
        numbers = [float(word) for word in words]
    except ValueError:
        numbers = [math.nan]
    # Row by row is for the words of the fault; nearly every row is in order.
    return numbers if math.isfinite(sum(numbers)) else [_number(word) for word in words]


def _number(word: str) -> float:
    try:
        return finite(word)
    except ValueError:
        if "," in word:
            raise ValueError(f"'{word[:40]}' is no number; columns are parted by blanks, decimals by a point") from None
        raise


def _box(row: int, numbers: list[float], size: Size | None, name: str) -> Annotation:
    if size is None:
        return Annotation(id=name, row=row, box=None)
    x, y, w, h = (value * side for value, side in zip(numbers, (*size, *size), strict=True))
    x, y, w, h = (round(value, _DIGITS) for value in (x - w / 2, y - h / 2, w, h))
    return Annotation(id=name, row=row, box=(x, y, w, h), area=round(max(w, 0.0) * max(h, 0.0), _DIGITS))


def _polygon(row: int, numbers: list[float], size: Size | None, name: str) -> Annotation:
    if size is None:
        return Annotation(id=name, row=row, box=None, shape="polygon")
    ring = tuple(round(value * size[index % 2], _DIGITS) for index, value in enumerate(numbers))
    xs, ys = ring[::2], ring[1::2]
    sides = round(max(xs) - min(xs), _DIGITS), round(max(ys) - min(ys), _DIGITS)
    box = (min(xs), min(ys), *sides)
    return Annotation(id=name, row=row, box=box, area=ring_area(ring), polygon=(ring,), shape="polygon")


def ring_area(ring: Sequence[float]) -> float:
    """Give the area of a ring x y x y … by the shoelace formula, in square pixels."""
    xs, ys = ring[::2], ring[1::2]
    return abs(math.fsum(xs[i - 1] * ys[i] - xs[i] * ys[i - 1] for i in range(len(xs)))) / 2


def is_convex_quad(ring: Sequence[float]) -> bool:
    """Tell whether a ring has four corners and turns the same way at each."""
    if len(ring) != 8:
        return False
    corners = [(ring[i % 8], ring[(i + 1) % 8]) for i in range(0, 12, 2)]
    turns = [
        (b[0] - a[0]) * (c[1] - b[1]) - (b[1] - a[1]) * (c[0] - b[0])
        for a, b, c in zip(corners, corners[1:], corners[2:], strict=False)
    ]
    return all(turn > 0 for turn in turns) or all(turn < 0 for turn in turns)
