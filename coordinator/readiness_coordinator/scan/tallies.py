"""Scored objects per picture and class as arrays, and per source with those in copies counted once."""

from array import array

import numpy as np
import numpy.typing as npt

from readiness.measures.effects import Tally
from readiness_coordinator.formats.labelled import Labelled
from readiness_coordinator.scan.clusters import Clusters

Indices = npt.NDArray[np.intp]


def of_objects(labelled: Labelled) -> tuple[Indices, Indices]:
    """Give the number of its picture and the row of its class for every object that is no crowd, (n,) each."""
    rows = {name: row for row, name in enumerate(labelled.classes)}
    picture_of, row_of = array("q"), array("q")
    for number, picture in enumerate(labelled.pictures):
        mine = [one.row for one in picture.annotations if not one.crowd]
        mine += [rows[picture.label]] if picture.label is not None else []
        picture_of.extend([number] * len(mine))
        row_of.extend(mine)
    return np.array(picture_of, dtype=np.intp), np.array(row_of, dtype=np.intp)


def by_split(labelled: Labelled, clusters: Clusters) -> dict[str, Tally]:
    """Count each split's distinct objects per source and class; of copies, the one with most of the class counts.

    `cluster` of a tally is the number of the source, from which `clusters.recording` follows.
    """
    names = sorted({picture.split for picture in labelled.pictures})
    numbers = {name: number for number, name in enumerate(names)}
    split = np.array([numbers[picture.split] for picture in labelled.pictures], dtype=np.intp)
    picture, row = of_objects(labelled)
    # One number per entry sorts many times faster than a column of three.
    shape = (len(names), int(clusters.source.max(initial=-1)) + 1, len(labelled.classes))
    per_picture, objects = np.unique(picture * len(labelled.classes) + row, return_counts=True)
    picture, row = np.divmod(per_picture, max(1, len(labelled.classes)))
    keys = np.ravel_multi_index((split[picture], clusters.source[picture], row), shape)
    once, place = np.unique(keys, return_inverse=True)
    most = np.zeros(once.size)
    np.maximum.at(most, place, objects)
    in_split, source, row = np.unravel_index(once, shape)
    return {
        name: Tally(source[mine], row[mine], most[mine])
        for number, name in enumerate(names)
        if (mine := in_split == number).any()
    }


def by_recording(tally: Tally, clusters: Clusters) -> Tally:
    """Add up the sources of each recording."""
    recording = np.zeros(int(clusters.source.max(initial=-1)) + 1, dtype=np.intp)
    recording[clusters.source] = clusters.recording
    classes = int(tally.row.max(initial=-1)) + 1
    together, place = np.unique(recording[tally.cluster] * classes + tally.row, return_inverse=True)
    recording, row = np.divmod(together, max(1, classes))
    return Tally(recording, row, np.bincount(place, tally.objects, together.size).astype(np.float64))
