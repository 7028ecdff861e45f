"""Masks hold values that are no class.

Why: a mask that was resized with interpolation or saved as JPEG holds numbers between those of two classes; a trainer
takes them for other classes along every edge, or stops at the first one that is too large.

Fix: export the named masks again as PNG; resize masks with the nearest neighbour only; declare missing classes.
"""

from readiness import listed
from readiness.evidence.dataset import Dataset
from readiness.finding import Outcome, Severity, Step, Subject, inapplicable

SEVERITY = Severity.WARN


def judge(dataset: Dataset) -> Outcome:
    if dataset.task != "segmentation":
        return inapplicable("only data for segmentation has masks")
    return listed.judge(
        dataset.listed("mask-values-stray"),
        "values of no declared class, or such as resizing and JPEG leave",
        unit="masks with stray values",
        subject=Subject("dataset", dataset.name),
        step=Step(kind="fix", text="export the masks with stray values again, without interpolation"),
    )
