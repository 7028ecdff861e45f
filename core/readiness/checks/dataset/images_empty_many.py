"""A large share of the images is labelled as empty.

Why: background images keep false alarms down, but where they prevail the model sees few objects, and an empty label
may also stand for work that was never done.

Fix: look at some of the named images; label what is in them, or leave a part of the empty ones out of training.
"""

from readiness import listed
from readiness.evidence.dataset import Dataset
from readiness.finding import Outcome, Severity, Step, Subject, inapplicable
from readiness.policy import Policy

SEVERITY = Severity.NOTE


def judge(dataset: Dataset, policy: Policy) -> Outcome:
    if dataset.task == "classification":
        return inapplicable("a classifier's image has a class or none")
    listing = dataset.listed("images-empty-many")
    quota = listing.total if listing else None
    return listed.judge_share(
        listing,
        dataset.images,
        policy.dataset.empty_share,
        "which images are empty",
        "labelled as empty: {part}, {limit:.0%} are usual at the most",
        unit="images",
        subject=Subject("dataset", dataset.name),
        step=Step(kind="label", text="look at the images that are labelled as empty", quota=quota),
    )
