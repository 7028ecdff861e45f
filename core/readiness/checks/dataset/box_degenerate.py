"""Boxes have no area, or less than a pixel of width or height.

Why: no answer can overlap such a box, so it counts as a miss for ever; some trainers divide by its size.

Fix: draw the named boxes again, or delete them.
"""

from readiness import listed
from readiness.evidence.dataset import Dataset
from readiness.finding import Outcome, Severity, Step, Subject, inapplicable

SEVERITY = Severity.WARN


def judge(dataset: Dataset) -> Outcome:
    if dataset.task == "classification":
        return inapplicable("a classifier's data has no boxes")
    return listed.judge(
        dataset.listed("box-degenerate"),
        "width or height is under one pixel",
        unit="empty boxes",
        subject=Subject("dataset", dataset.name),
        step=Step(kind="fix", text="redraw or delete the boxes without area"),
    )
