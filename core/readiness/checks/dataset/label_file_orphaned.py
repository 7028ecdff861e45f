"""Label files belong to no image.

Why: work that was paid for is not used: the image was renamed, moved or lost, and training goes on without it in
silence.

Fix: bring back or rename the image of each named file, or delete the file.
"""

from readiness import listed
from readiness.evidence.dataset import Dataset
from readiness.finding import Outcome, Severity, Step, Subject

SEVERITY = Severity.WARN


def judge(dataset: Dataset) -> Outcome:
    return listed.judge(
        dataset.listed("label-file-orphaned"),
        "no image has the same name",
        unit="label files without an image",
        subject=Subject("dataset", dataset.name),
        step=Step(kind="fix", text="find the images of the label files that have none"),
    )
