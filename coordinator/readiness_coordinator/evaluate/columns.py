"""What a predictions file holds, as columns, whatever its form."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]


class Columns(NamedTuple):
    """What a file holds: `images` (n,) names or ids as text, `rows` (n,) class rows, below 0 for a class that the truth
    lacks, `boxes` (n, 4) x y width height, in shares of the image where `relative`, `scores` (n,).

    A row of -1 - k is of the class that is called `unknown[k]`, by its name or id as the file has it. `ran` are images
    that were run, as an empty file tells, though there may be others.

    Of a classifier, `shares` (n, m) are the scores of the classes, NaN where the file has none, after them those of
    classes that the truth lacks; `labels` (n,) is what the file itself says the truth is, empty where it does not.
    Of an instance segmenter, `outlines` (n,) are COCO's segmentations: run lengths, or polygons;
    without `boxed` their boxes are to be taken from them. Of a semantic
    segmenter, `masks` (n,) are the files. `notes` say what was read otherwise than it stands there.
    """

    images: Sequence[str]
    rows: Indices
    boxes: Floats
    scores: Floats
    digest: str
    relative: bool = False
    every_image: bool = False
    unknown: Sequence[str] = ()
    ran: Sequence[str] = ()
    shares: Floats | None = None
    labels: Sequence[str] = ()
    masks: Sequence[Path] = ()
    outlines: Sequence[Any] = ()
    boxed: bool = True
    notes: tuple[str, ...] = ()


class ClassRows:
    """Class rows by name or id, that keep what the truth lacks: the first such word is row -1, the next one -2."""

    def __init__(self, known: Mapping[str, int]) -> None:
        self._known = known
        self._strays: dict[str, int] = {}

    def __getitem__(self, word: str) -> int:
        row = self._known.get(word)
        return self._strays.setdefault(word, -1 - len(self._strays)) if row is None else row

    @property
    def unknown(self) -> tuple[str, ...]:
        return tuple(self._strays)
