"""A large share of the images is labelled as empty.

Why: background images keep false alarms down, but where they prevail the model sees few objects, and an empty label
may also stand for work that was never done.

Fix: look at some of the named images; label what is in them, or leave a part of the empty ones out of training.
"""

from readiness.evidence.dataset import Dataset
from readiness.finding import Measure, Outcome, Severity, Step, Subject, clear, found, inapplicable, unknown
from readiness.listed import RESCAN
from readiness.policy import Policy

SEVERITY = Severity.NOTE


def judge(dataset: Dataset, policy: Policy) -> Outcome:
    listing, limit = dataset.listed("images-empty-many"), policy.dataset.empty_share
    if dataset.task == "classification":
        return inapplicable("a classifier's image has a class or none")
    subject = Subject("dataset", dataset.name)
    if listing is None or dataset.images == 0:
        return unknown("not measured: which images are empty", "missing", subject=subject, step=RESCAN)
    share = listing.total / dataset.images
    measure = Measure(measured=share, limit=limit, unit="share", n=dataset.images)
    because = f"{listing.total} of {dataset.images} images are labelled as empty, {limit:.0%} are usual at the most"
    if share <= limit:
        return clear(because, subject=subject, measure=measure)
    step = Step(kind="label", text="look at the images that are labelled as empty", quota=listing.total)
    images = listing.images()
    return found(because, subject=subject, measure=measure, images=images, images_total=listing.total, step=step)
