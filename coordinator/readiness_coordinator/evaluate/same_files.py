"""Pictures that are byte for byte the same: one sample, however often it was copied."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from readiness import canonical
from readiness_coordinator.formats import Picture

Indices = npt.NDArray[np.intp]


class SameFiles(NamedTuple):
    """`groups` are the places of pictures with equal files, two or more each; `compared` pictures were at hand."""

    groups: tuple[tuple[int, ...], ...] = ()
    compared: int = 0


def find(pictures: Sequence[Picture]) -> SameFiles:
    """Compare the files of all pictures. Only those of the same length can be the same: the others are not read."""
    sizes: dict[int, list[int]] = {}
    for place, picture in enumerate(pictures):
        if (size := _size(picture)) is not None:
            sizes.setdefault(size, []).append(place)
    same: dict[tuple[int, str], list[int]] = {}
    for size, alike in sizes.items():
        for place in alike if len(alike) > 1 else ():
            if (digest := _digest(pictures[place])) is not None:
                same.setdefault((size, digest), []).append(place)
    groups = tuple(tuple(group) for group in same.values() if len(group) > 1)
    return SameFiles(groups, sum(len(alike) for alike in sizes.values()))


def joined(cluster: Indices, same: SameFiles) -> Indices:
    """Put equal pictures into one cluster; `cluster` (pictures,) numbers them from 0, as the answer does."""
    out = cluster.copy()
    for group in same.groups:
        out[list(group)] = out[group[0]]
    renumbered: Indices = np.unique(out, return_inverse=True)[1]
    return renumbered


def _size(picture: Picture) -> int | None:
    """Give a file's length; None where it is not there, and cannot be compared."""
    try:
        return picture.file.stat().st_size
    except OSError:
        return None


def _digest(picture: Picture) -> str | None:
    try:
        return canonical.digest_bytes(picture.file.read_bytes())
    except OSError:
        return None
