"""A dataset version on disk to evidence: looks at every image once, counts, and lists what is wrong."""

from collections import Counter
from collections.abc import Iterable

import numpy as np

from readiness.evidence.dataset import ClassCount, Dataset, ImageStatistics, Item, Listing, SliceCount, Split
from readiness_coordinator import slices
from readiness_coordinator.formats.labelled import Fault, Labelled, Picture
from readiness_coordinator.formats.version import digest_of
from readiness_coordinator.reports import tool_version
from readiness_coordinator.scan import label_faults, leakage
from readiness_coordinator.scan.label_faults import listing
from readiness_coordinator.scan.viewing import Progress, View, view_all

# Above this share grey images are not strays among colour ones but the dataset's own kind.
_GREY_STRAYS = 0.2
_QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


def scan(labelled: Labelled, *, observed_at: str, workers: int | None = 1, progress: Progress | None = None) -> Dataset:
    """Measure one dataset version; the same for any number of `workers` (None: one per core).

    `observed_at` is RFC 3339. A file that cannot be read or decoded is listed and costs only itself.
    """
    paths = [str(picture.file) for picture in labelled.pictures]
    names = [picture.name for picture in labelled.pictures]
    views = dict(zip(names, view_all(paths, workers, progress), strict=True))
    # Where no image could be looked at, nothing was found out about them, which must not read as all well.
    seen = any(one.pixels for one in views.values())
    duplicate_images, shared_images = leakage.duplicates(labelled, views) if seen else (None, None)
    boxed = labelled.task != "classification"
    splits = _splits(labelled)
    return Dataset(
        digest=digest_of(labelled, {name: one.digest for name, one in views.items()}),
        name=labelled.name,
        task=labelled.task,
        format=labelled.format,
        observed_at=observed_at,
        images=len(labelled.pictures),
        annotations=sum(split.annotations for split in splits),
        splits=splits,
        classes=_classes(labelled),
        slices=_slices(labelled, views),
        statistics=_statistics(views.values()),
        crowds=sum(one.crowd for picture in labelled.pictures for one in picture.annotations),
        unreadable_images=_unreadable(labelled, views),
        unusable_annotations=_of_faults(labelled.faults),
        broken_paths=_of_faults(labelled.broken_paths),
        degenerate_boxes=label_faults.degenerate(labelled) if boxed else None,
        boxes_outside=label_faults.outside(labelled, views) if boxed else None,
        duplicate_boxes=label_faults.doubled(labelled) if boxed else None,
        small_objects=label_faults.small(labelled) if boxed else None,
        few_labels=label_faults.few(labelled) if boxed else None,
        unlabelled_images=_listed(picture for picture in labelled.pictures if not picture.labelled),
        grey_images=_grey(labelled, views) if seen else None,
        duplicate_images=duplicate_images,
        shared_images=shared_images,
        shared_sources=leakage.shared_sources(labelled),
        shared_recordings=leakage.shared_recordings(labelled),
        conflicting_labels=label_faults.conflicting(labelled, views) if seen else None,
        tool_version=tool_version(),
    )


def _splits(labelled: Labelled) -> tuple[Split, ...]:
    found = []
    for name in sorted({picture.split for picture in labelled.pictures}):
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


def _classes(labelled: Labelled) -> tuple[ClassCount, ...]:
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
    return tuple(
        ClassCount(name=name, objects=dict(objects[row]), images=dict(images[row]), crowds=dict(+crowds[row]))
        for row, name in enumerate(labelled.classes)
    )


def _slices(labelled: Labelled, views: dict[str, View]) -> tuple[SliceCount, ...]:
    images: Counter[tuple[str, str]] = Counter()
    objects: Counter[tuple[str, str]] = Counter()
    for picture in labelled.pictures:
        for part in slices.slices_of(picture, views[picture.name].look).items():
            images[part] += 1
            objects[part] += len(picture.annotations) + (picture.label is not None)
        sizes = Counter(slices.object_size(label_faults.area(one)) for one in picture.annotations)
        for size, count in sizes.items():
            images["size", size] += 1
            objects["size", size] += count
    return tuple(
        SliceCount(dimension=part[0], value=part[1], images=images[part], objects=objects[part])
        for part in sorted(images)
    )


def _statistics(views: Iterable[View]) -> tuple[ImageStatistics, ...]:
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


def _unreadable(labelled: Labelled, views: dict[str, View]) -> Listing:
    return listing(
        [
            Item(images=(picture.name,), detail=problem, splits=(picture.split,))
            for picture in labelled.pictures
            if (problem := views[picture.name].problem)
        ]
    )


def _grey(labelled: Labelled, views: dict[str, View]) -> Listing:
    looks = [(picture, look) for picture in labelled.pictures if (look := views[picture.name].look) is not None]
    grey = [picture for picture, look in looks if look.is_grey]
    return _listed(grey if len(grey) <= _GREY_STRAYS * len(looks) else ())


def _listed(pictures: Iterable[Picture]) -> Listing:
    return listing([Item(images=(picture.name,), splits=(picture.split,)) for picture in pictures])


def _of_faults(faults: Iterable[Fault]) -> Listing:
    return listing([Item(images=(), detail=f"{fault.where}: {fault.what}") for fault in faults])
