"""Tells from the medians of the last blocks whether a model has warmed up."""

from collections.abc import Sequence

import numpy as np

_BLOCKS = 5
_SPREAD = 0.05
_SLOPE = 0.01


def steady(medians: Sequence[float]) -> bool:
    """Tell whether the last five block medians lie within 5 % and climb or fall by under 1 % a block.

    The slope is the median of all pairwise slopes (Theil 1950, Sen 1968), relative to the median.
    """
    last = np.asarray(medians[-_BLOCKS:])
    if last.size < _BLOCKS:
        return False
    middle = float(np.median(last))
    first, second = np.triu_indices(last.size, k=1)
    slope = float(np.median((last[second] - last[first]) / (second - first)))
    return float(np.ptp(last)) <= _SPREAD * middle and abs(slope) < _SLOPE * middle
