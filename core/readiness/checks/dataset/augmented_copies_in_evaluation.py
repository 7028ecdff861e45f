"""Several copies of one picture stand in a split that models are judged on.

Why: the score counts that picture several times, and its bounds read as if there were more evidence than there is.

Fix: keep one copy of each named picture, the unaltered one, in validation and test; augment the training part only.
"""

from readiness import listed
from readiness.evidence.dataset import Dataset
from readiness.finding import Outcome, Severity, Step, Subject

SEVERITY = Severity.WARN


def judge(dataset: Dataset) -> Outcome:
    return listed.judge(
        dataset.listed("augmented-copies-in-evaluation"),
        "the split holds one picture several times",
        unit="pictures with copies",
        subject=Subject("dataset", dataset.name),
        step=Step(kind="fix", text="keep one copy of each picture in the held-out splits"),
    )
