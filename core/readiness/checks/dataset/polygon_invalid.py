"""Outlines are no simple polygons inside their image and box.

Why: tools fill an outline that crosses itself, has no area or leaves its box in different ways, so that training and
scoring see different masks.

Fix: draw the named outlines again.
"""

from readiness import listed
from readiness.evidence.dataset import Dataset
from readiness.finding import Outcome, Severity, Step, Subject, inapplicable

SEVERITY = Severity.WARN


def judge(dataset: Dataset) -> Outcome:
    if dataset.task == "classification":
        return inapplicable("a classifier's data has no boxes")
    return listed.judge(
        dataset.listed("polygon-invalid"),
        "too few corners, no area, lines that cross, or corners out of the box or image",
        unit="unusable outlines",
        subject=Subject("dataset", dataset.name),
        step=Step(kind="fix", text="redraw the outlines that are no simple polygons"),
    )
