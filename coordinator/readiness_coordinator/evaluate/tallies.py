"""Counts turned into what a record holds: rates bounded over clusters, and the images that stand out."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from readiness.evidence.bounded import Rate
from readiness.measures import intervals
from readiness_coordinator.formats import Picture

Indices = npt.NDArray[np.intp]
Bools = npt.NDArray[np.bool_]

EXAMPLES = 20


def rate(hits: Bools, clusters: Indices, confidence: float) -> Rate:
    """Bound the share of `hits` (n,) whose trials belong to `clusters` (n,)."""
    _, place = np.unique(clusters, return_inverse=True)
    trials = np.bincount(place).astype(np.float64)
    good = np.bincount(place, weights=hits, minlength=trials.size).astype(np.float64)
    return intervals.rate(good, trials, confidence)


def worst_first(pictures: Sequence[Picture], images: Indices) -> tuple[str, ...]:
    """Name the pictures that stand most often in `images` (n,), at most EXAMPLES, equal ones in name order."""
    places, counts = np.unique(images, return_counts=True)
    ranked = sorted(zip(-counts, (pictures[i].name for i in places), strict=True))
    return tuple(name for _, name in ranked[:EXAMPLES])


def worst_by_group(
    pictures: Sequence[Picture], images: Indices, group: Indices, groups: int, most: int = EXAMPLES
) -> list[tuple[str, ...]]:
    """Give `worst_first` of the images (n,) of every group (n,), a list of `groups`; below 0 is no group."""
    counted = group >= 0
    cells, counts = np.unique(group[counted] * len(pictures) + images[counted], return_counts=True)
    of, image = cells // max(len(pictures), 1), cells % max(len(pictures), 1)
    rank = np.empty(len(pictures), dtype=np.intp)
    rank[sorted(range(len(pictures)), key=lambda i: pictures[i].name)] = np.arange(len(pictures))
    order = np.lexsort((rank[image], -counts, of))
    starts = np.searchsorted(of, np.arange(groups + 1))
    return [
        tuple(pictures[i].name for i in image[order[start : min(end, start + most)]])
        for start, end in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True)
    ]
