"""Pairs of intervals that overlap, found by one sweep over all groups at once, in bounded memory."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]
Mask = npt.NDArray[np.bool_]


def order(group: Indices, *keys: Floats | Indices) -> Indices:
    """Give the order (n,) that sorts by group (n,), then by each key (n,) in turn."""
    return np.lexsort((*reversed(keys), group))


def overlapping(
    group: Indices, low: Floats, high: Floats, alive: Mask, most: int | Indices
) -> Iterator[tuple[Indices, Indices]]:
    """Give index arrays i, j (k,) of intervals of one group that overlap, those next to each other first.

    `group` (n,), `low` (n,) and `high` (n,) are sorted by group, then by low; j lies behind i, and low[j] <= high[i].
    Whoever unsets an interval's `alive` (n,) meanwhile takes it out of all further pairs. An interval meets its `most`
    next ones at the most, one number for all or one for each (n,), and memory stays linear in n, whatever overlaps.
    """
    first: Indices = np.flatnonzero(alive)
    farthest = np.broadcast_to(np.asarray(most), group.shape)
    for step in range(1, int(farthest.max(initial=0)) + 1):
        first = first[(first + step < group.size) & (step <= farthest[first])]
        first = first[alive[first] & (group[first] == group[first + step]) & (low[first + step] <= high[first])]
        if first.size == 0:
            return
        paired = first[alive[first + step]]
        yield paired, paired + step
