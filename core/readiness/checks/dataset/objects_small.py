"""A large share of the objects is small.

Why: detectors find objects under 32x32 pixels far less often, and a model's input size shrinks them further.

Fix: move the camera closer, crop or tile the frame, or choose a model with a larger input; watch recall by size.
"""

from readiness.evidence.dataset import Dataset
from readiness.finding import Measure, Outcome, Severity, Step, Subject, clear, found, inapplicable, unknown
from readiness.listed import RESCAN
from readiness.policy import Policy

SEVERITY = Severity.NOTE


def judge(dataset: Dataset, policy: Policy) -> Outcome:
    listing, limit = dataset.listed("objects-small"), policy.dataset.small_share
    if dataset.task == "classification":
        return inapplicable("a classifier's data has no boxes")
    subject = Subject("dataset", dataset.name)
    if listing is None or dataset.annotations == 0:
        return unknown("not measured: how large the objects are", "missing", subject=subject, step=RESCAN)
    share = listing.total / dataset.annotations
    measure = Measure(measured=share, limit=limit, unit="share", n=dataset.annotations)
    because = f"{listing.total} of {dataset.annotations} objects are smaller than 32x32 pixels ({share:.0%})"
    if share <= limit:
        return clear(because, subject=subject, measure=measure)
    step = Step(kind="monitor", text="evaluate recall of small objects at the model's input size")
    images = listing.images()
    return found(because, subject=subject, measure=measure, images=images, images_total=listing.images_total, step=step)
