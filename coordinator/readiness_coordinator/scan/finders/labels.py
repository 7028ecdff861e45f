"""Faults in labelling as a whole: what could not be used, images without a label, images with too few."""

import numpy as np

from readiness.evidence.dataset import Listing
from readiness_coordinator.formats.labelled import Labelled
from readiness_coordinator.scan.listing import item, listing, of_faults, of_pictures
from readiness_coordinator.scan.seen import Seen

# Fewer images than this have no usual count to fall short of.
_ENOUGH = 20
_FENCE = 2.2


def find(seen: Seen) -> dict[str, Listing]:
    """List what is missing or unusable among the labels."""
    labelled = seen.labelled
    found = {
        "annotation-unusable": of_faults(labelled.faults),
        "image-unlabelled": of_pictures(picture for picture in labelled.pictures if not picture.labelled),
    }
    if labelled.task != "classification":
        found["labels-few-beside-peers"] = few(labelled)
    return found


def few(labelled: Labelled) -> Listing:
    """List images with far fewer objects than the dataset's images have.

    Of the square roots of the counts, which have an even spread where counts are Poisson (Anscombe 1948), those
    below the lower quartile less 2.2 interquartile ranges (Hoaglin and Iglewicz 1987). Images labelled as empty are
    left out: that was said on purpose.
    """
    counted = [picture for picture in labelled.pictures if picture.annotations]
    if len(counted) < _ENOUGH:
        return Listing()
    counts = np.array([len(picture.annotations) for picture in counted])
    low, middle, high = np.quantile(np.sqrt(counts), (0.25, 0.5, 0.75))
    fence = low - _FENCE * (high - low)
    # Where nearly every image has the same count, one object fewer is no broken-off labelling.
    fence = min(fence, middle / 2)
    usual = f"usual are {int(np.median(counts))}"
    return listing(
        [
            item(labelled, picture, picture.annotations, f"{count} labelled, {usual}")
            for picture, count in zip(counted, counts.tolist(), strict=True)
            if count**0.5 < fence
        ]
    )
