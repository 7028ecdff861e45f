"""The search for slices that nobody named and that are worse than the rest, and the words for them."""

import hashlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from readiness.evidence.weakness import Condition, SliceScan, WeakSlice
from readiness.measures import intervals, slice_search
from readiness.measures.slice_search import ALL, Cut, Rules, Trials, Weak
from readiness_coordinator.evaluate import slice_dimensions
from readiness_coordinator.evaluate.case import Case
from readiness_coordinator.evaluate.slice_dimensions import Dimension
from readiness_coordinator.evaluate.tallies import worst_first
from readiness_coordinator.formats import Picture

Bools = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.intp]

_WORDS = {
    ("light", "dark"): "dark images",
    ("light", "dim"): "dim images",
    ("light", "well_lit"): "well lit images",
    ("light", "bright"): "bright images",
    ("sharpness", "blurry"): "blurry images",
    ("sharpness", "sharp"): "sharp images",
    ("crowding", "single"): "alone in the image",
    ("crowding", "few"): "2 to 5 objects in the image",
    ("crowding", "many"): "6 to 20 objects in the image",
    ("crowding", "crowded"): "over 20 objects in the image",
    ("time_of_day", "night"): "at night",
    ("time_of_day", "dawn"): "at dawn",
    ("time_of_day", "day"): "by day",
    ("time_of_day", "dusk"): "at dusk",
    ("position", "centre"): "in the middle of the image",
    ("position", "edge"): "at an edge of the image",
    ("position", "corner"): "in a corner of the image",
    ("aspect", "wide"): "over twice as wide as high",
    ("aspect", "compact"): "neither wide nor tall",
    ("aspect", "tall"): "over twice as high as wide",
    ("truncated", "yes"): "cut off",
    ("truncated", "no"): "not cut off",
    ("difficult", "yes"): "marked as difficult",
    ("difficult", "no"): "not marked as difficult",
    ("size", "small"): "below 32 px",
    ("size", "medium"): "32 to 96 px",
    ("size", "large"): "96 px and over",
}


def scan(case: Case) -> SliceScan:
    """Search all slices by one and two conditions, within each class and over all; see `slice_search.search`.

    The clusters are parted into the half that is searched and the half that confirms by a digest of their pictures'
    names, so that the same split is parted alike whatever the model and the order of its images.
    """
    truth, pictures = case.truth, case.predictions.pictures
    objects = np.flatnonzero(~truth.crowd)
    dimensions = slice_dimensions.cut(case.labelled, truth, pictures, case.tags)
    cuts = [Cut(one.of_object[objects], len(one.values)) for one in dimensions]
    trials = Trials(case.outcomes.hit[objects], truth.row[objects], truth.cluster[truth.image[objects]])
    first = _first_half(pictures, truth.cluster)[trials.cluster]
    rules = Rules()
    searched = slice_search.search(trials, cuts, first, rules)
    told = [_weak(case, objects, trials, cuts, first, dimensions, one) for one in searched.weak]
    return SliceScan(
        tested=searched.tested,
        level=rules.level,
        method="BY" if len(cuts) > 1 else "BH",
        least_objects=rules.least_objects,
        least_effect=rules.least_effect,
        dimensions=tuple(one.name for one in dimensions),
        weak=tuple(sorted(told, key=lambda one: (-_lost(one), one.words))),
    )


def words(class_name: str, conditions: Sequence[Condition]) -> str:
    """Say a slice for people: "bolt, dark images, below 32 px"."""
    said = [
        _WORDS.get((one.dimension, one.value), f"{one.dimension} {one.value}".replace("_", " ")) for one in conditions
    ]
    return ", ".join([*([class_name] if class_name else []), *said])


def _first_half(pictures: Sequence[Picture], cluster: Indices) -> Bools:
    """Choose half of the clusters, shape (clusters,), in the order of the digest of their first picture's name."""
    names: dict[int, str] = {}
    for number, picture in zip(cluster.tolist(), pictures, strict=True):
        names[number] = min(picture.name, names.get(number, picture.name))
    digests = {number: hashlib.blake2b(name.encode(), digest_size=8).digest() for number, name in names.items()}
    first = np.zeros(len(names), dtype=bool)
    first[sorted(names, key=lambda number: (digests[number], names[number]))[: len(names) // 2]] = True
    return first


def _weak(
    case: Case,
    objects: Indices,
    trials: Trials,
    cuts: Sequence[Cut],
    first: Bools,
    dimensions: Sequence[Dimension],
    one: Weak,
) -> WeakSlice:
    inside = slice_search.members(trials, cuts, one.row, one.parts)
    beside = ~inside & ((trials.row == one.row) | (one.row == ALL))
    image = case.truth.image[objects[inside]]
    group = np.select([inside & (first != one.first), inside, beside], [0, 1, 2], -1)
    confirmed, _, rest = intervals.rates(trials.hit, group, trials.cluster, 3, case.policy.confidence)
    (whole,) = intervals.rates(trials.hit, np.where(inside, 0, -1), trials.cluster, 1, case.policy.confidence)
    conditions = tuple(Condition(dimensions[cut].name, dimensions[cut].values[value]) for cut, value in one.parts)
    name = "" if one.row == ALL else case.labelled.classes[one.row]
    return WeakSlice(
        words=words(name, conditions),
        class_name=name,
        conditions=conditions,
        images=np.unique(image).size,
        objects=int(inside.sum()),
        recall=whole,
        rest=rest,
        q=float(f"{one.q:.6g}"),  # beyond that it hangs on the order of summation
        confirmed=confirmed,
        missed_images=worst_first(case.predictions.pictures, image[~trials.hit[inside]]),
    )


def _lost(weak: WeakSlice) -> float:
    """Count the objects that would be found at the rest's rate and are not."""
    return (weak.rest.value or 0.0) * weak.recall.n - weak.recall.hits
