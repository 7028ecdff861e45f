"""Objects drawn with the dimensions that slices are cut by, equally hard everywhere or harder in one slice."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import stats

from readiness.measures.slice_search import Cut, Trials, members

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

LIGHT, SHARPNESS, DAYTIME, CROWDING, CAMERA, SIZE, ASPECT, POSITION = range(8)
# What correlation of normal scores gives misses an intraclass correlation of about so much.
_LATENT = {0.0: 0.0, 0.1: 0.25, 0.2: 0.42, 0.4: 0.68}

Slice = tuple[int, tuple[tuple[int, int], ...]]


class Made(NamedTuple):
    """How an evaluation is drawn; `recordings` of 0 lets each image be its own, `recall` is of all or per class."""

    images: int = 1000
    objects: float = 4.0
    classes: int = 3
    recall: float | tuple[float, ...] = 0.85
    correlation: float = 0.2
    recordings: int = 0
    weak: Slice | None = None
    drop: float = 0.25


class Drawn(NamedTuple):
    trials: Trials
    cuts: tuple[Cut, ...]
    first: Bools
    weak: Bools


def draw(made: Made, rng: np.random.Generator) -> Drawn:
    """Draw objects of frequent and rare classes in images of eight dimensions, some of which go with each other."""
    count = rng.poisson(made.objects - 1, made.images) + 1
    image = np.repeat(np.arange(made.images), count)
    frequent = np.arange(made.classes, 0, -1.0)
    row = rng.choice(made.classes, image.size, p=frequent / frequent.sum())
    cuts = (*(_cut(one[image]) for one in _of_images(count, rng)), *_of_objects(image.size, rng))
    rate = np.broadcast_to(np.asarray(made.recall, dtype=np.float64), made.classes)[row].copy()
    cluster = image if not made.recordings else image * made.recordings // made.images
    blank = Trials(np.zeros(image.size, dtype=bool), row, cluster)
    weak = np.zeros(image.size, dtype=bool) if made.weak is None else members(blank, cuts, *made.weak)
    rate[weak] -= made.drop
    shared = _LATENT[made.correlation]
    score = rng.normal(size=cluster.max() + 1)[cluster] * np.sqrt(shared)
    hit = stats.norm.cdf(score + rng.normal(size=image.size) * np.sqrt(1 - shared)) < rate
    order = rng.permutation(cluster.max() + 1)
    return Drawn(blank._replace(hit=hit), cuts, (order < order.size // 2)[cluster], weak)


def overlap(one: Bools, other: Bools) -> float:
    """The share of what lies in either slice that lies in both."""
    return float((one & other).sum() / max(1, (one | other).sum()))


def _cut(value: npt.NDArray[np.int_]) -> Cut:
    return Cut(value.astype(np.intp), int(value.max()) + 1)


def _of_images(count: npt.NDArray[np.int_], rng: np.random.Generator) -> list[npt.NDArray[np.int_]]:
    images = count.size
    light = rng.choice(4, images, p=[0.12, 0.18, 0.5, 0.2])
    daytime = np.where(rng.random(images) < 0.8, light > 1, rng.integers(0, 2, images)).astype(int)
    sharpness, camera = rng.choice(2, images, p=[0.2, 0.8]), rng.integers(0, 5, images)
    return [light, sharpness, daytime, np.digitize(count, [2, 3, 6]), camera]


def _of_objects(objects: int, rng: np.random.Generator) -> list[Cut]:
    size = rng.choice(3, objects, p=[0.3, 0.4, 0.3])
    aspect = np.where(rng.random(objects) < 0.5, size, rng.integers(0, 3, objects))
    return [_cut(size), _cut(aspect), _cut(rng.choice(3, objects, p=[0.3, 0.5, 0.2]))]
