"""What a predictions file holds, as columns, whatever its form."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]


class Columns(NamedTuple):
    """What a file holds: `images` (n,) names or ids as text, `rows` (n,) class rows, -1 for a class that the truth
    lacks, `boxes` (n, 4) x y width height, in shares of the image where `relative`, `scores` (n,).
    """

    images: Sequence[str]
    rows: Indices
    boxes: Floats
    scores: Floats
    digest: str
    relative: bool = False
    every_image: bool = False
