"""Recall per slice: light, crowding and the like per picture, size and place per object, each class in some of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from readiness.evidence.evaluation import SliceResult
from readiness.measures import decode, header, intervals
from readiness_coordinator.evaluate import slice_dimensions
from readiness_coordinator.evaluate.ground_truth import GroundTruth
from readiness_coordinator.evaluate.slice_dimensions import Dimension
from readiness_coordinator.evaluate.tallies import worst_by_group
from readiness_coordinator.formats import Labelled, Picture
from readiness_coordinator.slices import SCENE_TAGS, picture_slices

Bools = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.intp]

# Each class is cut by what people name a scene by, and by size; by the rest it is searched (see slice_scan).
OF_A_CLASS = frozenset({*SCENE_TAGS, slice_dimensions.SIZE})
# What its format's benchmarks leave out of their count is no slice that a floor is meant for.
SEARCHED_ONLY = frozenset({"difficult"})
# As many as the policies ask for before they judge a slice.
LEAST_OF_A_CLASS = 20
_EXAMPLES_OF_A_CLASS = 5
_AT_ONCE = 64


def tags(pictures: Iterable[Picture], workers: int = 2) -> dict[str, dict[str, str]]:
    """Look at each picture and give its slices by its name; one that cannot be read has those of its tags alone."""
    every = list(pictures)
    parts = [every[i : i + _AT_ONCE] for i in range(0, len(every), _AT_ONCE)]
    with ThreadPoolExecutor(workers) as pool:
        return dict(one for part in pool.map(lambda part: [_tagged(one) for one in part], parts) for one in part)


def measure(
    labelled: Labelled,
    truth: GroundTruth,
    pictures: Sequence[Picture],
    hit: Bools,
    tags: Mapping[str, Mapping[str, str]],
    confidence: float,
) -> tuple[SliceResult, ...]:
    """Bound recall within every slice that holds an object; thin ones are there too, and say so by their bounds.

    Slices of one class are given in the dimensions of OF_A_CLASS, from LEAST_OF_A_CLASS objects on; one that holds
    the whole class says what the class says, and is left out.
    """
    dimensions = slice_dimensions.cut(labelled, truth, pictures, tags)
    judged = [dimension for dimension in dimensions if dimension.name not in SEARCHED_ONLY]
    return tuple(one for each in judged for one in _measured(labelled, truth, pictures, hit, each, confidence))


def _measured(
    labelled: Labelled,
    truth: GroundTruth,
    pictures: Sequence[Picture],
    hit: Bools,
    dimension: Dimension,
    confidence: float,
) -> Iterator[SliceResult]:
    places, width = _numbered(truth, dimension, len(labelled.classes))
    twice = np.tile(np.arange(hit.size), places.size // max(hit.size, 1))
    counted = places >= 0
    objects, (kept, group) = twice[counted], np.unique(places[counted], return_inverse=True)
    image, right = truth.image[objects], hit[objects]
    rates = intervals.rates(right, group, truth.cluster[image], kept.size, confidence)
    seen = np.unique(group * len(pictures) + image) // max(len(pictures), 1)
    images = np.bincount(seen, minlength=kept.size).tolist()
    missed = worst_by_group(pictures, image[~right], group[~right], kept.size)
    for number, rate, count, names in zip(kept.tolist(), rates, images, missed, strict=True):
        row, value = divmod(number, width)
        yield SliceResult(
            dimension=dimension.name,
            value=dimension.values[value],
            class_name=labelled.classes[row - 1] if row else "",
            images=count,
            objects=rate.n,
            recall=rate,
            missed_images=names[:_EXAMPLES_OF_A_CLASS] if row else names,
        )


def _numbered(truth: GroundTruth, dimension: Dimension, rows: int) -> tuple[Indices, int]:
    """Give each object's slice by value, and after them all that by class and value: shape (m,) or (2m,), -1 for none.

    The second answer is the number of values: a slice's number divided by it gives 0 or the class's row + 1.
    """
    width = len(dimension.values)
    value = np.where(truth.crowd, -1, dimension.of_object)
    if dimension.name not in OF_A_CLASS:
        return value, width
    own = np.where(value < 0, -1, truth.row * width + value)
    inside = np.bincount(own[own >= 0], minlength=rows * width).reshape(rows, width)
    whole = np.bincount(truth.row[~truth.crowd], minlength=rows)[:, None]
    told = ((inside >= LEAST_OF_A_CLASS) & (inside < whole)).ravel()
    return np.concatenate([value, np.where((own >= 0) & told[own], own + width, -1)]), width


def _tagged(picture: Picture) -> tuple[str, dict[str, str]]:
    try:
        data = picture.file.read_bytes()
        pixels, said = decode.pixels(data), header.read(data)
    except (OSError, decode.BadImage):
        return picture.name, picture_slices(picture, None)
    return picture.name, picture_slices(picture, pixels, camera=said.camera, taken=said.taken)
