"""Many images have no label at all.

Why: an image without a label file may be an empty scene or a forgotten one; trainers take it for empty.

Fix: label the named images, or give those that are really empty an empty label.
"""

from readiness import listed
from readiness.evidence.dataset import Dataset
from readiness.finding import Outcome, Severity, Step, Subject
from readiness.policy import Policy

SEVERITY = Severity.WARN


def judge(dataset: Dataset, policy: Policy) -> Outcome:
    listing = dataset.listed("image-unlabelled")
    quota = listing.total if listing else None
    return listed.judge_share(
        listing,
        dataset.images,
        policy.dataset.unlabelled_share,
        "which images are unlabelled",
        "without a label: {part}, {limit:.0%} allowed",
        unit="images",
        subject=Subject("dataset", dataset.name),
        step=Step(kind="label", text="label the unlabelled images, or mark them as empty", quota=quota),
    )
