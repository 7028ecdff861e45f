"""Recall per slice: light, crowding and the like per picture, size and place per object, each class in each light."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from readiness.evidence.evaluation import SliceResult
from readiness.measures import decode, header
from readiness_coordinator.evaluate.ground_truth import GroundTruth
from readiness_coordinator.evaluate.tallies import rate, worst_first
from readiness_coordinator.formats import Labelled, Picture
from readiness_coordinator.slices import RECORDING, object_size, picture_slices, position

Bools = npt.NDArray[np.bool_]
Words = npt.NDArray[np.str_]

LIGHT, SIZE, POSITION = "light", "size", "position"


def tags(pictures: Iterable[Picture], workers: int = 2) -> dict[str, dict[str, str]]:
    """Look at each picture and give its slices by its name; one that cannot be read has those of its tags alone."""
    with ThreadPoolExecutor(workers) as pool:
        return dict(pool.map(_tagged, pictures))


def measure(
    labelled: Labelled,
    truth: GroundTruth,
    pictures: Sequence[Picture],
    hit: Bools,
    tags: Mapping[str, Mapping[str, str]],
    confidence: float,
) -> tuple[SliceResult, ...]:
    """Bound recall within every slice that holds an object; thin ones are there too, and say so by their bounds.

    A slice that holds a whole class says what the class says, and is left out.
    """
    found = []
    for dimension, words in _dimensions(labelled, truth, pictures, tags):
        per_class = [("", -1)]
        if dimension == LIGHT:
            per_class += [(name, row) for row, name in enumerate(labelled.classes)]
        for value in np.unique(words[words != ""]):
            for name, row in per_class:
                mine = np.flatnonzero((words == value) & ~truth.crowd & ((truth.row == row) | (row < 0)))
                whole = row >= 0 and mine.size == int(((truth.row == row) & ~truth.crowd).sum())
                if mine.size and not whole:
                    images = truth.image[mine]
                    result = SliceResult(
                        dimension=dimension,
                        value=str(value),
                        class_name=name,
                        images=np.unique(images).size,
                        objects=mine.size,
                        recall=rate(hit[mine], truth.cluster[images], confidence),
                        missed_images=worst_first(pictures, images[~hit[mine]]),
                    )
                    found.append(result)
    return tuple(found)


def _tagged(picture: Picture) -> tuple[str, dict[str, str]]:
    try:
        data = picture.file.read_bytes()
        pixels, said = decode.pixels(data), header.read(data)
    except (OSError, decode.BadImage):
        return picture.name, picture_slices(picture, None)
    return picture.name, picture_slices(picture, pixels, camera=said.camera, taken=said.taken)


def _dimensions(
    labelled: Labelled, truth: GroundTruth, pictures: Sequence[Picture], tags: Mapping[str, Mapping[str, str]]
) -> Iterator[tuple[str, Words]]:
    """Give each dimension with the slice of every object, shape (m,), empty where it has none."""
    mine = [tags.get(picture.name, {}) for picture in pictures]
    for dimension in sorted({dimension for tagged in mine for dimension in tagged} - {RECORDING}):
        words = np.array([tagged.get(dimension, "") for tagged in mine], dtype=np.str_)
        yield dimension, words[truth.image]
    if labelled.task != "classification":
        yield SIZE, np.array([object_size(area) for area in truth.area.tolist()], dtype=np.str_)
        places = zip(truth.image.tolist(), map(tuple, truth.boxes.tolist()), strict=True)
        yield POSITION, np.array([position(pictures[image], box) or "" for image, box in places], dtype=np.str_)
