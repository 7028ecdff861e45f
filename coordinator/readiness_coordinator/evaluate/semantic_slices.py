"""Pixels of a segmenter by slice of the images: recall of all classes, and of each class in each scene."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from readiness.evidence.evaluation import SliceResult
from readiness.measures import segmentation
from readiness.measures.segmentation import Counts
from readiness_coordinator.evaluate.tallies import EXAMPLES
from readiness_coordinator.formats import Labelled, Picture
from readiness_coordinator.slices import RECORDING, SCENE_TAGS

Bools = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.intp]


def measure(
    labelled: Labelled,
    pictures: Sequence[Picture],
    pixels: Counts,
    cluster: Indices,
    tags: Mapping[str, Mapping[str, str]],
    confidence: float,
) -> tuple[SliceResult, ...]:
    """Bound the recall of pixels in every slice of images; of single classes in those of the scene.

    `pixels` (images, 3, classes + 1) counts both, truth and answer; the last row is background, which slices leave out.
    """
    of_any = pixels[:, :, :-1].sum(axis=2, keepdims=True)
    columns = np.concatenate([of_any, pixels[:, :, :-1]], axis=2)
    names = ("", *labelled.classes)
    found = []
    for dimension, value, inside in _slices(pictures, tags):
        shown = len(names) if dimension in SCENE_TAGS else 1
        both, truth = (columns[inside, part, :shown] for part in (0, 1))
        recalls = segmentation.rates(by_cluster(both, cluster[inside]), by_cluster(truth, cluster[inside]), confidence)
        for column, recall in enumerate(recalls):
            # A slice that holds a whole class says what the class says.
            if recall.n and not (column and recall.n == columns[:, 1, column].sum()):
                missed = np.zeros(len(pictures), dtype=np.int64)
                missed[inside] = truth[:, column] - both[:, column]
                result = SliceResult(
                    dimension=dimension,
                    value=value,
                    class_name=names[column],
                    images=int((truth[:, column] > 0).sum()),
                    objects=recall.n,
                    recall=recall,
                    missed_images=worst(pictures, missed),
                )
                found.append(result)
    return tuple(found)


def by_cluster(counts: Counts, cluster: Indices) -> Counts:
    """Sum `counts` (images, groups) over the images of each cluster: shape (clusters, groups)."""
    summed = np.zeros((int(cluster.max(initial=-1)) + 1, counts.shape[1]), dtype=np.int64)
    np.add.at(summed, cluster, counts)
    return summed


def worst(pictures: Sequence[Picture], pixels: Counts) -> tuple[str, ...]:
    """Name the pictures with most wrong `pixels` (images,), at most EXAMPLES, equal ones in name order."""
    ranked = sorted((-int(pixels[at]), pictures[at].name) for at in np.flatnonzero(pixels).tolist())
    return tuple(name for _, name in ranked[:EXAMPLES])


def _slices(pictures: Sequence[Picture], tags: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[str, str, Bools]]:
    """Give each slice with the images (n,) in it."""
    mine = [tags.get(picture.name, {}) for picture in pictures]
    for dimension in sorted({dimension for tagged in mine for dimension in tagged} - {RECORDING}):
        words = np.array([tagged.get(dimension, "") for tagged in mine], dtype=np.str_)
        for value in np.unique(words[words != ""]):
            yield dimension, str(value), words == value
