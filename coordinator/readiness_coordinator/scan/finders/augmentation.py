"""Faults in augmentation: copies that are judged on, copies that went too far, mirrored pictures with kept sides."""

import math
from collections.abc import Iterator
from statistics import median

import numpy as np
import numpy.typing as npt

from readiness.evidence.dataset import Item, Listing
from readiness.listed import counted
from readiness.measures.image import Look
from readiness_coordinator.formats.labelled import Picture, area
from readiness_coordinator.formats.layout import SPLITS
from readiness_coordinator.origins import source_of
from readiness_coordinator.scan import clusters, faults, sides
from readiness_coordinator.scan.listing import listing
from readiness_coordinator.scan.seen import Seen

Floats = npt.NDArray[np.float64]

# Below this many sources their spread is not known.
_ENOUGH = 20
# Tukey's fence for far out values, in interquartile ranges; of each measure the least range that is held for one.
_FAR = 3.0
_RANGES = {"luma": 5.0, "spread": 5.0, "colourfulness": 3.0, "sharpness": 0.5}
_EDGE_PX = 1.0


def find(seen: Seen) -> dict[str, Listing]:
    """List what is wrong with the copies of one picture; while no image could be compared, only what names prove."""
    named = _named(seen)
    judged_on = _judged_on(seen)
    if seen.groups is None:
        return {"augmented-copies-in-evaluation": judged_on} if judged_on.total else {}
    return {
        "augmented-copies-in-evaluation": judged_on,
        "augmentation-too-strong": listing([*_pushed_out(seen, named), *_far_out(seen, named)]),
        "augmentation-flip-breaks-labels": listing(list(sides.kept(seen))),
    }


def _named(seen: Seen) -> dict[str, list[Picture]]:
    """Give the exported copies of each source, by its name."""
    sources: dict[str, list[Picture]] = {}
    for picture in seen.labelled.pictures:
        if (name := source_of(picture)) is not None:
            sources.setdefault(name, []).append(picture)
    return sources


def _judged_on(seen: Seen) -> Listing:
    """List what stands several times in val or in test: copies by name, and near copies that were altered."""
    pictures = seen.labelled.pictures
    altered = [group for group in seen.groups or () if not group.equal]
    alike: dict[tuple[str, int], list[str]] = {}
    for picture, source in zip(pictures, clusters.sources(pictures, altered).tolist(), strict=True):
        if picture.split in SPLITS[1:]:
            alike.setdefault((picture.split, source), []).append(picture.name)
    return listing(
        [
            Item(images=tuple(names), detail=f"{len(names)} copies of one picture in {split}", splits=(split,))
            for (split, _), names in alike.items()
            if len(names) > 1
        ]
    )


def _pushed_out(seen: Seen, named: dict[str, list[Picture]]) -> Iterator[Item]:
    """Give copies with fewer than half the objects, or cut at the edge to less than half the area, of their like.

    What was not labelled, or of which a label could not be used, says nothing of the copying.
    """
    if seen.labelled.task == "classification":
        return
    rejected = faults.rejected(seen.labelled)
    for group in named.values():
        copies = [one for one in group if one.labelled and one.name not in rejected]
        if len(copies) < 2:
            continue
        counts = [len(one.annotations) for one in copies]
        areas = [_share(seen, one) for one in copies]
        cut = [_at_edge(seen, one) for one in copies]
        usual, usual_area, usual_cut = median(counts), median(areas), median(cut)
        for one, count, part, edge in zip(copies, counts, areas, cut, strict=True):
            if count * 2 < usual:
                detail = f"{counted(count, 'objects')}, its copies have {usual:g}"
            elif edge > usual_cut and part * 2 < usual_area:
                cut_off = counted(edge, "boxes")
                detail = f"{cut_off} cut at the edge, {part / usual_area:.0%} of the area that its copies have"
            else:
                continue
            yield Item(images=(one.name,), detail=detail, splits=(one.split,))


def _far_out(seen: Seen, named: dict[str, list[Picture]]) -> Iterator[Item]:
    """Give copies whose light, contrast, colour or sharpness lies far beyond all sources' and off their own copies'."""
    copies = {one.name for group in named.values() for one in group}
    alone = [one for one in seen.labelled.pictures if named and one.name not in copies]
    groups = [(group, values) for group in named.values() if (values := _measures(seen, group)).size]
    middles = [np.median(values, axis=0) for _, values in groups]
    spread = np.concatenate([_measures(seen, alone), np.reshape(middles, (-1, len(_RANGES)))])
    if len(spread) < _ENOUGH:
        return
    low, high = np.quantile(spread, (0.25, 0.75), axis=0)
    span = np.maximum(high - low, np.array(list(_RANGES.values())))
    for (group, values), middle in zip(groups, middles, strict=True):
        far = (values < low - _FAR * span) | (values > high + _FAR * span)
        off = far & (np.abs(values - middle) > span)
        read = [one for one in group if _look(seen, one) is not None]
        for index in np.flatnonzero(off.any(axis=1)).tolist():
            words = [name for name, is_off in zip(_RANGES, off[index].tolist(), strict=True) if is_off]
            detail = f"{' and '.join(words)} far from its copies' and from all sources'"
            yield Item(images=(read[index].name,), detail=detail, splits=(read[index].split,))


def _measures(seen: Seen, pictures: list[Picture]) -> Floats:
    """Give luma, spread, colourfulness and the logarithm of the sharpness that contrast alone does not explain.

    Shape (read, 4): one row for each picture that could be read.
    """
    looks = [look for one in pictures if (look := _look(seen, one)) is not None]
    sharpness = [math.log((look.sharpness + 0.01) / (look.spread**2 + 1)) for look in looks]
    rows = [(look.luma, look.spread, look.colourfulness, one) for look, one in zip(looks, sharpness, strict=True)]
    return np.array(rows).reshape(-1, len(_RANGES))


def _look(seen: Seen, picture: Picture) -> Look | None:
    view = seen.views.get(picture.name)
    return view.look if view is not None else None


def _share(seen: Seen, picture: Picture) -> float:
    width, height = sides.size(seen, picture)
    return sum(area(one) for one in picture.annotations) / max(1.0, width * height)


def _at_edge(seen: Seen, picture: Picture) -> int:
    """Count the boxes that touch an edge of their image."""
    width, height = sides.size(seen, picture)
    right, bottom = width - _EDGE_PX, height - _EDGE_PX
    boxes = (one.box for one in picture.annotations if one.box is not None)
    return sum(min(x, y) <= _EDGE_PX or x + w >= right or y + h >= bottom for x, y, w, h in boxes)
