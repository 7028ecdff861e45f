"""A few grey images stand among colour ones.

Why: a few images without colour teach nothing about grey cameras and blur what colour means for the classes.

Fix: find out where they come from; leave them out, or bring enough grey images to train on and to test.
"""

from readiness import listed
from readiness.evidence.dataset import Dataset
from readiness.finding import Outcome, Severity, Step, Subject

SEVERITY = Severity.NOTE


def judge(dataset: Dataset) -> Outcome:
    return listed.judge(
        dataset.listed("image-grey-among-colour"),
        "without colour, where the others have it",
        unit="grey images",
        of=dataset.images,
        subject=Subject("dataset", dataset.name),
        step=Step(kind="fix", text="leave the grey images out, or collect more of their kind"),
    )
