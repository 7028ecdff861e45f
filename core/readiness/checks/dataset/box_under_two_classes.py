"""One box is labelled as two classes.

Why: a detector that gives each box one class is taught both and must be wrong on one; the doubt costs both classes
recall.

Fix: decide which class each named box has and delete the other one.
"""

from readiness import listed
from readiness.evidence.dataset import Dataset
from readiness.finding import Outcome, Severity, Step, Subject, inapplicable

SEVERITY = Severity.WARN


def judge(dataset: Dataset) -> Outcome:
    if dataset.task == "classification":
        return inapplicable("a classifier's data has no boxes")
    return listed.judge(
        dataset.listed("box-under-two-classes"),
        "two boxes of different classes share 0.95 or more of what they cover together (IoU)",
        unit="boxes under two classes",
        subject=Subject("dataset", dataset.name),
        step=Step(kind="fix", text="decide on one class for each box that has two"),
    )
