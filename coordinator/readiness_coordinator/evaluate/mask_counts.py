"""Masks of truth and answer, image by image, to counts of pixels; only the counts of an image are kept."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np
from rich.console import Console
from rich.progress import track

from readiness.exits import Stop
from readiness.measures import decode, segmentation
from readiness.measures.segmentation import Confusion, Counts, Rows
from readiness_coordinator.evaluate.predictions import Predictions
from readiness_coordinator.formats import Labelled, Picture, mask_pixels
from readiness_coordinator.formats.labelled import MaskMeaning

_THREADS = 4
_AT_ONCE = 64


class Counted(NamedTuple):
    """Of one image: `pixels` and `bands` (3, classes + 1), as `segmentation.tallies` gives, background last.

    `cells` has the row after it too: pixels that the truth ignores, and answers of no class. `odd` counts the pixels
    of each value that is no class of the truth's, `problem` says why a mask could not be used.
    """

    pixels: Counts
    bands: Counts
    cells: Confusion
    odd: dict[int, int]
    problem: str = ""


def count(labelled: Labelled, predictions: Predictions) -> Iterator[Counted]:
    """Count each of the predicted pictures in turn, with progress on a terminal; raises Stop where a truth is gone."""
    meaning, classes = labelled.masks or MaskMeaning(), len(labelled.classes)
    console = Console(stderr=True)
    pairs = list(zip(predictions.pictures, predictions.masks, strict=True))
    with ThreadPoolExecutor(min(_THREADS, os.cpu_count() or 1)) as pool:

        def of_pair(pair: tuple[Picture, Path | None]) -> Counted:
            return _count(pair[0], pair[1], meaning, classes)

        def counted() -> Iterator[Counted]:
            for start in range(0, len(pairs), _AT_ONCE):
                yield from pool.map(of_pair, pairs[start : start + _AT_ONCE])

        yield from track(
            counted(), "masks", len(pairs), console=console, transient=True, disable=not console.is_terminal
        )


def _count(picture: Picture, file: Path | None, meaning: MaskMeaning, classes: int) -> Counted:
    """Count one image; without a usable mask it is answered nowhere, so that all that it shows is missed."""
    nothing = classes + 1
    truth = _truth(picture, meaning, classes)
    answer, odd, problem = np.full_like(truth, nothing), dict[int, int](), ""
    if file is not None:
        try:
            said, odd = mask_pixels.rows(file, meaning, nothing)
        except decode.BROKEN as error:
            problem = f"cannot be read: {decode.short(error)}"
        else:
            sizes = [f"{mask.shape[1]}x{mask.shape[0]}" for mask in (said, truth)]
            problem = "" if said.shape == truth.shape else f"is {sizes[0]}, the truth {sizes[1]}"
            answer = answer if problem else said
    cells = segmentation.confusion(truth, answer)
    return Counted(
        pixels=segmentation.tallies(cells, nothing),
        bands=segmentation.bands(truth, answer, nothing),
        cells=cells,
        odd={} if problem else odd,
        problem=f"{file.name} {problem}" if file is not None and problem else "",
    )


def _truth(picture: Picture, meaning: MaskMeaning, classes: int) -> Rows:
    """Read the truth; what was found stray in it when the dataset was read is ignored."""
    assert picture.mask is not None
    try:
        rows, _ = mask_pixels.rows(picture.mask, meaning, classes + 1)
    except decode.BROKEN as error:
        raise Stop(f"{picture.mask}: cannot be read any more: {decode.short(error)}") from None
    kept = np.full(classes + 2, classes + 1, dtype=rows.dtype)
    kept[classes] = classes
    for one in picture.annotations:
        kept[one.row] = one.row
    return kept[rows]
