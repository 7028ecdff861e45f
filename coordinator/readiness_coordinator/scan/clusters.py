"""Which images count as one look: copies of one picture, frames of one recording."""

from collections.abc import Hashable, Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from readiness_coordinator.formats.labelled import Picture
from readiness_coordinator.origins import group_of, recording_of, source_of
from readiness_coordinator.scan.seen import Group, Options, Seen

Indices = npt.NDArray[np.intp]


class Clusters(NamedTuple):
    """For each picture in the order of the labels the number of its `source`, and that of its `recording`, (n,) each.

    Copies, by their names or by their pixels, share a source. What shows a part of the same scene may show it at
    another moment: it shares a recording. A picture of no known recording is one of its own.
    """

    source: Indices
    recording: Indices


def of(seen: Seen) -> Clusters:
    """Join pictures by name and by what was found to be a copy."""
    pictures, groups = seen.labelled.pictures, seen.groups or ()
    source = sources(pictures, groups)
    scenes = _keys((("scene", number), group.images) for number, group in enumerate(groups))
    keys = [
        [("source", one), *scenes.get(picture.name, ()), *_recording(picture, seen.options)]
        for one, picture in zip(source.tolist(), pictures, strict=True)
    ]
    return Clusters(source, _joined(keys))


def sources(pictures: Sequence[Picture], groups: Iterable[Group]) -> Indices:
    """Give the number of what each picture is a copy of, shape (n,), by names and by whole copies."""
    pairs = (pair for group in groups for pair in _whole(group))
    copies = _keys((("copy", number), pair) for number, pair in enumerate(pairs))
    return _joined([[*_source(picture), *copies.get(picture.name, ())] for picture in pictures])


def _whole(group: Group) -> Iterable[Sequence[str]]:
    """Give the bunches of a group that show all of one another; where no pair is named, that is the group."""
    return [copy[:2] for copy in group.copies if not copy.part] if group.copies else [group.images]


def _keys(bunches: Iterable[tuple[Hashable, Sequence[str]]]) -> dict[str, list[Hashable]]:
    keys: dict[str, list[Hashable]] = {}
    for key, names in bunches:
        for name in names:
            keys.setdefault(name, []).append(key)
    return keys


def _source(picture: Picture) -> list[Hashable]:
    name = source_of(picture)
    return [] if name is None else [("name", name)]


def _recording(picture: Picture, options: Options) -> list[Hashable]:
    said = group_of(picture, options.group) if options.group is not None else None
    name = said or recording_of(picture)
    return [] if name is None else [("recording", name)]


def _joined(keys: Sequence[Sequence[Hashable]]) -> Indices:
    """Give numbers to pictures so that those which share a key, directly or through others, share a number."""
    numbers: dict[Hashable, int] = {}
    edges = [(row, numbers.setdefault(key, len(keys) + len(numbers))) for row, mine in enumerate(keys) for key in mine]
    rows, columns = np.array(edges, dtype=np.intp).reshape(-1, 2).T
    nodes = len(keys) + len(numbers)
    graph = coo_array((np.ones(len(rows), dtype=np.int8), (rows, columns)), shape=(nodes, nodes))
    labels: Indices = connected_components(graph, directed=False)[1][: len(keys)].astype(np.intp)
    return labels
