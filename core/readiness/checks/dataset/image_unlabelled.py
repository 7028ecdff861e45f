"""Many images have no label at all.

Why: an image without a label file may be an empty scene or a forgotten one; trainers take it for empty.

Fix: label the named images, or give those that are really empty an empty label.
"""

from readiness.evidence.dataset import Dataset
from readiness.finding import Measure, Outcome, Severity, Step, Subject, clear, found, unknown
from readiness.listed import RESCAN
from readiness.policy import Policy

SEVERITY = Severity.WARN


def judge(dataset: Dataset, policy: Policy) -> Outcome:
    listing, limit = dataset.listed("image-unlabelled"), policy.dataset.unlabelled_share
    subject = Subject("dataset", dataset.name)
    if listing is None or dataset.images == 0:
        return unknown("not measured: which images are unlabelled", "missing", subject=subject, step=RESCAN)
    share = listing.total / dataset.images
    measure = Measure(measured=share, limit=limit, unit="share", n=dataset.images)
    because = f"{listing.total} of {dataset.images} images have no label, {limit:.0%} allowed"
    if share <= limit:
        return clear(because, subject=subject, measure=measure)
    step = Step(kind="label", text="label the unlabelled images, or mark them as empty", quota=listing.total)
    images = listing.images()
    return found(because, subject=subject, measure=measure, images=images, images_total=listing.total, step=step)
