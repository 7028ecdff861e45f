"""Recall and precision of two models side by side: overall, of each class and in each slice, as rows to be judged."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from readiness.comparison import Figure, Part
from readiness.measures import paired
from readiness.measures.paired import Trials
from readiness_coordinator.evaluate import slice_dimensions
from readiness_coordinator.evaluate.case import Case

Indices = npt.NDArray[np.intp]


class Row(NamedTuple):
    """One figure of two models; `worse` are the images that got worse, one entry an object or false answer."""

    part: Part
    name: str
    figure: Figure
    before: float
    after: float
    lower: float
    upper: float
    error: float
    p: float
    n: int
    clusters: int
    worse: Indices


class _Labels(NamedTuple):
    """A way to divide: `names` (k,), and the label of each object (m,), of each picture, or of each class row.

    One of the three says it, the others are None; -1 is in no part.
    """

    part: Part
    names: tuple[str, ...]
    objects: Indices | None = None
    pictures: Indices | None = None
    rows: Indices | None = None


def rows(before: Case, after: Case) -> list[Row]:
    """Compare recall and precision in every part of the split that holds trials of both."""
    return [
        row
        for labels in _divisions(before)
        for row in (*_recall(before, after, labels), *_precision(before, after, labels))
    ]


def _divisions(case: Case) -> Iterator[_Labels]:
    names = case.labelled.classes
    pictures = case.predictions.pictures
    yield _Labels("overall", ("",), pictures=np.zeros(len(pictures), dtype=np.intp))
    yield _Labels("class", names, rows=np.arange(len(names)))
    for one in slice_dimensions.cut(case.labelled, case.truth, pictures, case.tags):
        values = tuple(f"{one.name}={value}" for value in one.values)
        objects = one.of_object if one.of_picture is None else None
        yield _Labels("slice", values, objects=objects, pictures=one.of_picture)


def _recall(before: Case, after: Case, labels: _Labels) -> list[Row]:
    truth = before.truth
    label = _of(labels, truth.image, truth.row) if labels.objects is None else labels.objects
    label = np.where(truth.crowd, -1, label)
    one, other = (Trials(label, truth.cluster[truth.image], case.outcomes.hit) for case in (before, after))
    lost = one.hit & ~other.hit
    classifier = before.labelled.task == "classification"
    figure: Figure = "accuracy" if classifier and labels.part != "class" else "recall"
    made = _made(labels, figure, one, other, label[lost], truth.image[lost])
    if not classifier:
        return made
    p = paired.mcnemar(*paired.changes(one, other, len(labels.names)))
    place = {name: i for i, name in enumerate(labels.names)}
    return [row._replace(p=float(p[place[row.name]])) for row in made]


def _precision(before: Case, after: Case, labels: _Labels) -> list[Row]:
    """Compare the answers; a classifier's one answer an image makes precision its accuracy, but for each class."""
    if labels.objects is not None or (before.labelled.task == "classification" and labels.part != "class"):
        return []
    sides = []
    for case in (before, after):
        judged = case.outcomes
        label = _of(labels, judged.image, judged.row)
        sides.append((Trials(label, case.truth.cluster[judged.image], judged.matched >= 0), judged.image))
    (one, images), (other, other_images) = sides
    label, image = _more(one, images, other, other_images)
    return _made(labels, "precision", one, other, label, image)


def _of(labels: _Labels, image: Indices, row: Indices) -> Indices:
    if labels.pictures is not None:
        return labels.pictures[image]
    return labels.rows[row] if labels.rows is not None else np.full(image.size, -1, dtype=np.intp)


def _more(one: Trials, images: Indices, other: Trials, other_images: Indices) -> tuple[Indices, Indices]:
    """Give label and image of each false answer that the other model gives more than the first, image by image."""
    width = int(max(images.max(initial=0), other_images.max(initial=0))) + 1
    keys = [
        (side.label * width + at)[(side.label >= 0) & ~side.hit] for side, at in ((one, images), (other, other_images))
    ]
    places, counts = np.unique(np.concatenate([keys[1], keys[0]]), return_inverse=True)
    surplus = np.bincount(counts[: keys[1].size], minlength=places.size)
    surplus -= np.bincount(counts[keys[1].size :], minlength=places.size)
    worse = np.repeat(places, np.maximum(surplus, 0))
    return worse // width, worse % width


def _made(labels: _Labels, figure: Figure, one: Trials, other: Trials, worse: Indices, images: Indices) -> list[Row]:
    """Make the rows of the parts in which both models have trials; `worse` is the label of each of `images`."""
    found = paired.ratio_differences(one, other, len(labels.names))
    order = np.argsort(worse, kind="stable")
    starts = np.searchsorted(worse[order], np.arange(len(labels.names) + 1))
    return [
        Row(
            part=labels.part,
            name=labels.names[i],
            figure=figure,
            before=float(found.before[i]),
            after=float(found.after[i]),
            lower=float(found.lower[i]),
            upper=float(found.upper[i]),
            error=float(found.error[i]),
            p=float(found.p[i]),
            n=int(found.n_before[i]),
            clusters=int(found.clusters[i]),
            worse=images[order[starts[i] : starts[i + 1]]],
        )
        for i in np.flatnonzero(~np.isnan(found.difference))
    ]
