"""Bins of about equal count over sorted values, group by group, in which equal values never part."""

from itertools import pairwise

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]


def equal_counts(values: Floats, group: Indices, most: int, least: int) -> Indices:
    """Give each value, shape (n,), its bin: numbered from 0 through all groups, by group and then by value.

    `group`: shape (n,), from 0 up. A group gets as many bins of at least `least` values as it can fill, at most `most`;
    one with fewer values is one bin. Equal values share a bin, whatever order they come in (equal-mass bins,
    Roelofs et al. 2022).
    """
    order = np.lexsort((values, group))
    ordered, groups = values[order], group[order]
    opens = np.flatnonzero(np.diff(groups, prepend=-1))
    size = np.diff(opens, append=groups.size)
    place = np.arange(groups.size) - np.repeat(opens, size)
    wanted = np.clip(size // least, 1, most)
    tied = np.flatnonzero((np.diff(ordered, prepend=np.nan) != 0) | (place == 0))
    begin = np.repeat(place[tied], np.diff(tied, append=groups.size))
    cut = begin * np.repeat(wanted, size) // np.repeat(size, size)
    edges = np.flatnonzero((np.diff(cut, prepend=-1) != 0) | (place == 0))
    bins = np.empty(groups.size, dtype=np.intp)
    bins[order] = _merged(edges, groups, least)
    return bins


def _merged(edges: Indices, groups: Indices, least: int) -> Indices:
    """Give each value its bin of those that start at `edges`; one that ties left too small joins the one before."""
    kept: list[int] = []
    for start, end in pairwise([*edges.tolist(), groups.size]):
        same = bool(kept) and groups[kept[-1]] == groups[start]
        if not (same and min(end - start, start - kept[-1]) < least):
            kept.append(start)
    return np.searchsorted(np.array(kept, dtype=np.intp), np.arange(groups.size), side="right") - 1
