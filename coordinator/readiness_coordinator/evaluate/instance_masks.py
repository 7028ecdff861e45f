"""Masks of single objects as COCO's run lengths, from truth and answers, and how much they overlap."""

from collections.abc import Sequence
from typing import Any

import hotcoco.mask
import numpy as np
import numpy.typing as npt

from readiness.exits import Stop
from readiness.measures import decode, rle
from readiness.measures.matching import Pairs
from readiness_coordinator.formats import Annotation, Picture

Rle = dict[str, Any]  # {"size": [height, width], "counts": compressed run lengths}, as pycocotools has it
Floats = npt.NDArray[np.float64]

_FARTHEST = 1 << 17  # pixels: an outline that reaches farther is none, and would take long to be filled


def size(picture: Picture) -> tuple[int, int]:
    """Give width and height in pixels, from the image's header where the labels do not say them. Raises Stop."""
    if picture.width and picture.height:
        return picture.width, picture.height
    try:
        width, height, _, _ = decode.header(picture.file.read_bytes())
    except (OSError, decode.BadImage) as error:
        raise Stop(f"{picture.file}: its size is needed for these predictions and cannot be read: {error}") from None
    return width, height


def of_truth(one: Annotation, picture: Picture) -> Rle | None:
    """Give the mask of an object, None where none is drawn or its run lengths were not kept."""
    if one.runs is not None:
        height, width, code = one.runs
        return {"size": [height, width], "counts": code} if (width, height) == size(picture) else None
    rings = [list(ring) for ring in one.polygon]
    if one.shape != "polygon" or not rings or not all(_ring(ring) for ring in rings):
        return None
    return _filled(rings, picture)


def encoded(said: Any, picture: Picture) -> Rle:
    """Give the mask of an answer, said as COCO results say it: run lengths, or polygons. Raises Stop."""
    where = f"a prediction for {picture.name}: its segmentation"
    if isinstance(said, list):
        if not said or not all(_ring(ring) for ring in said):
            raise Stop(f"{where} has a polygon that is not 3 or more pairs of numbers up to {_FARTHEST}")
        return _filled(said, picture)
    width, height = size(picture)
    if not isinstance(said, dict) or said.get("size") != [height, width]:
        given = said.get("size") if isinstance(said, dict) else said
        raise Stop(f"{where} is of size {str(given)[:40]}, its image is {height} high and {width} wide")
    try:
        runs = rle.counts(said.get("counts"))
    except rle.BadRuns as error:
        raise Stop(f"{where}: {error}") from None
    if int(runs.sum()) != width * height:
        raise Stop(f"{where} covers {int(runs.sum())} of its {width * height} pixels")
    counts = said["counts"]
    if isinstance(counts, str):
        return {"size": [height, width], "counts": counts.encode()}
    code: Rle = hotcoco.mask.fr_py_objects({"size": [height, width], "counts": counts}, height, width)
    return code


def _ring(ring: object) -> bool:
    if not isinstance(ring, list) or len(ring) < 6 or len(ring) % 2:
        return False
    return all(isinstance(value, int | float) and abs(value) <= _FARTHEST for value in ring)


def _filled(rings: list[list[float]], picture: Picture) -> Rle:
    width, height = size(picture)
    parts = hotcoco.mask.fr_py_objects(rings, height, width)
    whole: Rle = parts[0] if len(parts) == 1 else hotcoco.mask.merge(parts)
    return whole


def boxes(masks: Sequence[Rle]) -> Floats:
    """Give the tight boxes (n, 4) x y width height of masks, all 0 for an empty one."""
    return np.asarray(hotcoco.mask.to_bbox(list(masks)), dtype=np.float64).reshape(-1, 4) if masks else np.zeros((0, 4))


def areas(masks: Sequence[Rle]) -> Floats:
    """Count the pixels (n,) of masks."""
    return np.asarray(hotcoco.mask.area(list(masks)), dtype=np.float64).reshape(-1) if masks else np.zeros(0)


def overlapping(
    close: Pairs, image: npt.NDArray[np.intp], found: Sequence[Rle], truth: Sequence[Rle], crowd: npt.NDArray[np.bool_]
) -> Pairs:
    """Put the overlap of the masks of `close` pairs, those whose boxes meet, in place of the boxes'.

    `image` (n,) is that of each answer: hotcoco compares the answers of an image with its objects at once.
    """
    order = np.argsort(image[close.found], kind="stable")
    overlap = np.zeros(order.size)
    for at in np.split(order, np.flatnonzero(np.diff(image[close.found[order]])) + 1):
        rows, row_of = np.unique(close.found[at], return_inverse=True)
        columns, column_of = np.unique(close.truth[at], return_inverse=True)
        shares = hotcoco.mask.iou([found[i] for i in rows], [truth[i] for i in columns], crowd[columns].tolist())
        if at.size:
            overlap[at] = np.asarray(shares)[row_of, column_of]
    return close._replace(overlap=overlap)
