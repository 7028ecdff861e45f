"""Boxes are far longer than wide.

Why: a box of 20 to 1 or more is mostly a line drawn by accident or the sliver that a crop left; no anchor or grid
cell fits it.

Fix: look at the named boxes and redraw or delete them; keep those around things that are really so thin.
"""

from readiness import listed
from readiness.evidence.dataset import Dataset
from readiness.finding import Outcome, Severity, Step, Subject, inapplicable

SEVERITY = Severity.NOTE


def judge(dataset: Dataset) -> Outcome:
    if dataset.task == "classification":
        return inapplicable("a classifier's data has no boxes")
    return listed.judge(
        dataset.listed("box-side-extreme"),
        "sides as 20 to 1 or more, in a class of another shape",
        unit="slivers",
        said=("sliver of a box", "slivers of boxes"),
        subject=Subject("dataset", dataset.name),
        step=Step(kind="fix", text="redraw or delete the slivers"),
    )
