"""The rows of one YOLO label file: class and box, or class and polygon, as fractions of the image."""

import math

from readiness_coordinator.formats.labelled import Annotation, Fault
from readiness_coordinator.formats.layout import finite

Size = tuple[int, int]


def parse(text: str, size: Size | None, classes: int, where: str) -> tuple[tuple[Annotation, ...], list[Fault]]:
    """Read every row; a bad one becomes a Fault that names file and line and leaves the others standing.

    Five columns are class, centre x, centre y, width, height; seven or more, an odd number, are a class and polygon
    corners. `size` is the image's width and height in pixels; without it the objects are counted but have no box.
    """
    found, faults = [], []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            found.append(_row(line.split(), size, classes, f"{where}:{number}"))
        except ValueError as error:
            faults.append(Fault(f"{where}:{number}", str(error)))
    return tuple(found), faults


def _row(words: list[str], size: Size | None, classes: int, name: str) -> Annotation:
    numbers = [finite(word) for word in words]
    row = numbers[0]
    if row != int(row) or not 0 <= row < classes:
        raise ValueError(f"class {words[0]} is none of 0 to {classes - 1}")
    if len(numbers) == 6:
        raise ValueError("6 columns: a prediction with its confidence is no label")
    if len(numbers) != 5 and (len(numbers) < 7 or len(numbers) % 2 == 0):
        raise ValueError(f"{len(numbers)} columns; a box has 5, a polygon 7 or more, an odd number")
    if max(numbers[1:]) > 2 or min(numbers[1:]) < -1:
        raise ValueError("coordinates are no fractions of the image; pixels are not YOLO")
    if len(numbers) == 5:
        return _box(int(row), numbers[1:], size, name)
    return _polygon(int(row), numbers[1:], size, name)


def _box(row: int, numbers: list[float], size: Size | None, name: str) -> Annotation:
    if size is None:
        return Annotation(id=name, row=row, box=None)
    x, y, w, h = (value * side for value, side in zip(numbers, (*size, *size), strict=True))
    return Annotation(id=name, row=row, box=(x - w / 2, y - h / 2, w, h), area=max(w, 0.0) * max(h, 0.0))


def _polygon(row: int, numbers: list[float], size: Size | None, name: str) -> Annotation:
    if size is None:
        return Annotation(id=name, row=row, box=None)
    ring = tuple(value * size[index % 2] for index, value in enumerate(numbers))
    xs, ys = ring[::2], ring[1::2]
    box = (min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))
    return Annotation(id=name, row=row, box=box, area=ring_area(ring), polygon=(ring,))


def ring_area(ring: tuple[float, ...]) -> float:
    """Give the area of a ring x y x y … by the shoelace formula, in square pixels."""
    xs, ys = ring[::2], ring[1::2]
    return abs(math.fsum(xs[i - 1] * ys[i] - xs[i] * ys[i - 1] for i in range(len(xs)))) / 2
