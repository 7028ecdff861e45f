"""Objects carry two nearly equal boxes of the same class.

Why: only one of the two can be found, so each pair costs recall that no model can earn.

Fix: look at the named pairs and delete one box of each, unless two objects really lie there.
"""

from readiness import listed
from readiness.evidence.dataset import Dataset
from readiness.finding import Outcome, Severity, Step, Subject, inapplicable

SEVERITY = Severity.WARN


def judge(dataset: Dataset) -> Outcome:
    if dataset.task == "classification":
        return inapplicable("a classifier's data has no boxes")
    return listed.judge(
        dataset.listed("box-duplicate"),
        "two boxes of a class share over 0.8 of what they cover together (IoU)",
        unit="doubled boxes",
        subject=Subject("dataset", dataset.name),
        step=Step(kind="fix", text="delete one of each pair of doubled boxes"),
    )
