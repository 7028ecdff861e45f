"""Faults in labelling as a whole: what could not be used, images without a label, images with too few."""

import numpy as np

from readiness.evidence.dataset import Item, Listing
from readiness_coordinator.scan import faults
from readiness_coordinator.scan.companions import companionless
from readiness_coordinator.scan.listing import item, listing, of_pictures
from readiness_coordinator.scan.objects import Objects
from readiness_coordinator.scan.seen import Seen

# What the reader of the label files alone can tell; other finders add to theirs.
_READ = ("class-dummy-root", "class-undefined", "label-file-orphaned")
_READ_MASKS = ("mask-values-stray", "mask-size-differs")
_ELSEWHERE = ("names-collide", "polygon-invalid", "split-path-broken", "split-undeclared")
# Fewer images than this have no usual count to fall short of.
_ENOUGH = 20
_FENCE = 2.2


def find(seen: Seen) -> dict[str, Listing]:
    """List what is missing or unusable among the labels."""
    labelled = seen.labelled
    read = _READ + _READ_MASKS if labelled.task == "segmentation" else _READ
    found = {code: faults.of_code(labelled, code) for code in read}
    # A fault of a code that no check asks for must not be lost.
    rest = {fault.code for fault in labelled.faults}.difference(read, _ELSEWHERE)
    found["annotation-unusable"] = faults.of_code(labelled, *rest)
    found["image-unlabelled"] = of_pictures(picture for picture in labelled.pictures if not picture.labelled)
    if labelled.task != "classification":
        rejected = faults.rejected(labelled)
        found["labels-few-beside-peers"] = few(seen.objects, rejected)
        found["images-empty-many"] = of_pictures(
            picture
            for picture in labelled.pictures
            if picture.labelled and not picture.annotations and picture.name not in rejected
        )
    return found


def few(objects: Objects, rejected: frozenset[str]) -> Listing:
    """List images with far fewer objects than the dataset's images have, or none of what always comes with theirs.

    The images named in `rejected` have labels that could not be used, and are not blamed for having few.
    """
    counts = np.diff(objects.first)
    said = (companionless(objects) if counts.size else {}) | _broken_off(counts)
    pictures = objects.labelled.pictures
    return listing([_item(objects, at, words) for at, words in said.items() if pictures[at].name not in rejected])


def _broken_off(counts: np.ndarray[tuple[int], np.dtype[np.intp]]) -> dict[int, str]:
    """Name pictures by index with far fewer objects than others; `counts` (m,) holds the objects of each.

    Of the square roots of the counts, which have an even spread where counts are Poisson (Anscombe 1948), those
    below the lower quartile less 2.2 interquartile ranges (Hoaglin and Iglewicz 1987). Images labelled as empty are
    left out: that was said on purpose.
    """
    filled = counts[counts > 0]
    if filled.size < _ENOUGH:
        return {}
    low, middle, high = np.quantile(np.sqrt(filled), (0.25, 0.5, 0.75))
    # Where nearly every image has the same count, one object fewer is no broken-off labelling.
    fence = min(low - _FENCE * (high - low), middle / 2)
    usual = f"usual are {int(np.median(filled))}"
    thin = np.flatnonzero((counts > 0) & (np.sqrt(counts) < fence))
    return {picture: f"{counts[picture]} labelled, {usual}" for picture in thin.tolist()}


def _item(objects: Objects, picture: int, detail: str) -> Item:
    home = objects.labelled.pictures[picture]
    return item(objects.labelled, home, home.annotations, detail)
