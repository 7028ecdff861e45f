"""What a dataset version holds: its splits, classes and slices in numbers, and how its images are spread."""

from collections import Counter
from collections.abc import Iterable, Mapping

import numpy as np

from readiness.evidence.dataset import ClassCount, ImageStatistics, SliceCount, Split
from readiness.measures import effects
from readiness_coordinator import slices
from readiness_coordinator.formats.labelled import Labelled, Picture, area
from readiness_coordinator.scan import tallies
from readiness_coordinator.scan.clusters import Clusters
from readiness_coordinator.scan.view import View

_QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


def splits(labelled: Labelled) -> tuple[Split, ...]:
    """Count each split, those that the dataset names and that have no image too."""
    found = []
    for name in sorted({*labelled.declared, *(picture.split for picture in labelled.pictures)}):
        pictures = labelled.split(name)
        counts = [len(picture.annotations) + (picture.label is not None) for picture in pictures]
        found.append(
            Split(
                name=name,
                images=len(pictures),
                labelled=sum(count > 0 for count in counts),
                unlabelled=sum(not picture.labelled for picture in pictures),
                annotations=sum(counts),
            )
        )
    return tuple(found)


def classes(labelled: Labelled, clusters: Clusters) -> tuple[ClassCount, ...]:
    """Count each class in each split, as labelled and with every picture and object counted once."""
    objects: list[Counter[str]] = [Counter() for _ in labelled.classes]
    images: list[Counter[str]] = [Counter() for _ in labelled.classes]
    crowds: list[Counter[str]] = [Counter() for _ in labelled.classes]
    rows = {name: row for row, name in enumerate(labelled.classes)}
    for picture in labelled.pictures:
        here = [one.row for one in picture.annotations]
        here += [rows[picture.label]] if picture.label is not None else []
        for row in here:
            objects[row][picture.split] += 1
        for row in set(here):
            images[row][picture.split] += 1
        for one in picture.annotations:
            crowds[one.row][picture.split] += one.crowd
    distinct, sources, effective = _once(labelled, clusters)
    return tuple(
        ClassCount(
            name=name,
            objects=dict(objects[row]),
            images=dict(images[row]),
            crowds=dict(+crowds[row]),
            distinct=distinct[row],
            sources=sources[row],
            effective=effective[row],
        )
        for row, name in enumerate(labelled.classes)
    )


def slice_counts(labelled: Labelled, views: Mapping[str, View]) -> tuple[SliceCount, ...]:
    images: Counter[tuple[str, str]] = Counter()
    objects: Counter[tuple[str, str]] = Counter()
    for picture in labelled.pictures:
        view = views.get(picture.name, View())
        of_picture = slices.slices_of(picture, view.look, camera=view.camera, taken=view.taken)
        for part in of_picture.items():
            images[part] += 1
            objects[part] += len(picture.annotations) + (picture.label is not None)
        for part, count in _of_objects(picture).items():
            images[part] += 1
            objects[part] += count
    return tuple(
        SliceCount(dimension=part[0], value=part[1], images=images[part], objects=objects[part])
        for part in sorted(images)
    )


def statistics(views: Iterable[View]) -> tuple[ImageStatistics, ...]:
    read = [(seen, seen.look) for seen in views if seen.look is not None]
    measured = {
        ("width", "px"): [float(seen.width) for seen, _ in read],
        ("height", "px"): [float(seen.height) for seen, _ in read],
        ("luma", "0-255"): [look.luma for _, look in read],
        ("spread", "0-255"): [look.spread for _, look in read],
        ("sharpness", "laplacian variance"): [look.sharpness for _, look in read],
        ("colourfulness", "Hasler-Suesstrunk"): [look.colourfulness for _, look in read],
    }
    return tuple(
        ImageStatistics(name=name, unit=unit, quantiles=tuple(np.quantile(values, _QUANTILES).round(2).tolist()))
        for (name, unit), values in measured.items()
        if values
    )


def _once(
    labelled: Labelled, clusters: Clusters
) -> tuple[list[dict[str, int]], list[dict[str, int]], list[dict[str, float]]]:
    """Give distinct objects, sources and effective objects, one entry per class: each by split."""
    distinct: list[dict[str, int]] = [{} for _ in labelled.classes]
    sources: list[dict[str, int]] = [{} for _ in labelled.classes]
    effective: list[dict[str, float]] = [{} for _ in labelled.classes]
    for split, tally in tallies.by_split(labelled, clusters).items():
        grouped = tallies.by_recording(tally, clusters)
        objects = np.bincount(tally.row, tally.objects)
        pictures = np.bincount(tally.row)
        worth = effects.effective_objects(grouped)
        for row in np.unique(tally.row).tolist():
            distinct[row][split] = int(objects[row])
            sources[row][split] = int(pictures[row])
            effective[row][split] = round(float(worth[row]), 2)
    return distinct, sources, effective


def _of_objects(picture: Picture) -> Counter[tuple[str, str]]:
    sizes = Counter(("size", str(slices.object_size(area(one)))) for one in picture.annotations)
    places = Counter(("position", str(slices.position(picture, one.box) or "")) for one in picture.annotations)
    places.pop(("position", ""), None)
    return sizes + places
