"""The ways in which the objects of a split are cut into slices: by what is known of their picture and of themselves."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from readiness_coordinator import slices
from readiness_coordinator.evaluate.ground_truth import GroundTruth
from readiness_coordinator.formats import Labelled, Picture
from readiness_coordinator.origins import RECORDING_TAGS

Indices = npt.NDArray[np.intp]

SIZE = "size"
# Beyond so many values a tag of the label file names pictures rather than kinds of them.
MOST_VALUES = 12
_FLAGS = ("truncated", "difficult")


class Dimension(NamedTuple):
    """One way of cutting: `values` names the slices, `of_object` (m,) gives each object's place there, -1 for none.

    `of_picture` (pictures,) is the same by picture, where the dimension is one of whole pictures.
    """

    name: str
    values: tuple[str, ...]
    of_object: Indices
    of_picture: Indices | None = None


def cut(
    labelled: Labelled, truth: GroundTruth, pictures: Sequence[Picture], tags: Mapping[str, Mapping[str, str]]
) -> tuple[Dimension, ...]:
    """Give every dimension that is known of any object, those of pictures first, each group in name order.

    `tags` gives pictures' slices by their name; to these come the tags of the label file that have few values.
    """
    return (*_of_pictures(truth, pictures, tags), *(_of_objects(truth, pictures) if _boxed(labelled) else ()))


def _boxed(labelled: Labelled) -> bool:
    return labelled.task != "classification"


def _of_pictures(
    truth: GroundTruth, pictures: Sequence[Picture], tags: Mapping[str, Mapping[str, str]]
) -> Iterator[Dimension]:
    known = [tags.get(picture.name, {}) for picture in pictures]
    told = {dimension for one in known for dimension in one}
    said = {tag for picture in pictures for tag in picture.tags} - told
    words = {name: [one.get(name, "") for one in known] for name in told}
    words |= {name: [picture.tags.get(name, "") for picture in pictures] for name in said}
    for name in sorted(words.keys() - {slices.RECORDING, *RECORDING_TAGS}):
        values = sorted({*words[name]} - {""})
        if name in told or 2 <= len(values) <= MOST_VALUES:
            place = {value: i for i, value in enumerate(values)}
            of_picture = np.array([place.get(word, -1) for word in words[name]], dtype=np.intp)
            yield Dimension(name, tuple(values), of_picture[truth.image], of_picture)


def _of_objects(truth: GroundTruth, pictures: Sequence[Picture]) -> Iterator[Dimension]:
    frames = np.array([(one.width or 0, one.height or 0) for one in pictures], dtype=np.float64).reshape(-1, 2)
    yield Dimension("aspect", slices.ASPECTS, slices.aspects(truth.boxes))
    for flag in _FLAGS:
        marked = [getattr(one, flag) for picture in pictures for one in picture.annotations if one.box is not None]
        if any(marked):
            yield Dimension(flag, ("no", "yes"), np.array(marked, dtype=np.intp))
    yield Dimension("position", slices.POSITIONS, slices.positions(truth.boxes, frames[truth.image]))
    yield Dimension(SIZE, slices.SIZES, slices.object_sizes(truth.area))
