"""How far the splits of a dataset differ: in their classes, their images' measures and their objects' sizes."""

from collections.abc import Iterable, Iterator
from itertools import combinations

import numpy as np
import numpy.typing as npt

from readiness.evidence.dataset import Drift
from readiness.measures import effects
from readiness.measures.effects import Effect
from readiness_coordinator.formats.labelled import area
from readiness_coordinator.formats.layout import SPLITS
from readiness_coordinator.scan import tallies
from readiness_coordinator.scan.clusters import Clusters
from readiness_coordinator.scan.seen import Seen

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]
Sample = tuple[Floats, Indices]

CLASSES, AREA = "classes", "object area"
LOOKS = ("luma", "spread", "sharpness", "colourfulness")


def between_splits(seen: Seen, clusters: Clusters) -> tuple[Drift, ...]:
    """Compare every two of train, val and test; what is too little to compare is left out."""
    return (*_of_classes(seen, clusters), *_of_images(seen, clusters), *_of_objects(seen, clusters))


def _of_classes(seen: Seen, clusters: Clusters) -> Iterator[Drift]:
    held = {
        split: tallies.by_recording(tally, clusters)
        for split, tally in tallies.by_split(seen.labelled, clusters).items()
    }
    for first, second in _pairs(held):
        yield from _drift(CLASSES, first, second, effects.cramers_v(held[first], held[second]))


def _of_images(seen: Seen, clusters: Clusters) -> Iterator[Drift]:
    pictures = seen.labelled.pictures
    viewed = [(number, seen.views[one.name]) for number, one in enumerate(pictures) if one.name in seen.views]
    looked = [(number, view, view.look) for number, view in viewed if view.look is not None]
    where = np.array([number for number, _, _ in looked], dtype=np.intp)
    split = np.array([pictures[number].split for number in where.tolist()], dtype=np.str_)
    measures = {name: np.array([getattr(look, name) for _, _, look in looked]) for name in LOOKS}
    measures["image size"] = np.array([float(view.width * view.height) for _, view, _ in looked])
    for name, values in measures.items():
        yield from _of_samples(name, values, split, clusters.recording[where])


def _of_objects(seen: Seen, clusters: Clusters) -> Iterator[Drift]:
    pictures = seen.labelled.pictures
    counts = [len(picture.annotations) for picture in pictures]
    areas = np.array([area(one) for picture in pictures for one in picture.annotations])
    split = np.repeat(np.array([picture.split for picture in pictures], dtype=np.str_), counts)
    yield from _of_samples(AREA, areas, split, np.repeat(clusters.recording, counts))


def _of_samples(measure: str, values: Floats, split: npt.NDArray[np.str_], cluster: Indices) -> Iterator[Drift]:
    for first, second in _pairs(np.unique(split).tolist()):
        one, two = split == first, split == second
        effect = effects.kolmogorov_smirnov(values[one], values[two], (cluster[one], cluster[two]))
        yield from _drift(measure, first, second, effect)


def _pairs(splits: Iterable[str]) -> Iterator[tuple[str, str]]:
    there = set(splits)
    return combinations([split for split in SPLITS if split in there], 2)


def _drift(measure: str, first: str, second: str, effect: Effect | None) -> Iterator[Drift]:
    if effect is not None:
        value, lower, upper = (round(one, 4) for one in (effect.value, effect.lower, effect.upper))
        n = (round(effect.n[0], 2), round(effect.n[1], 2))
        yield Drift(measure=measure, splits=(first, second), effect=value, lower=lower, upper=upper, n=n)
