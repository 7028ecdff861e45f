"""Masks have another size than their images.

Why: a tool that stretches the one to the other moves every edge, and a mask with its sides swapped labels other pixels;
a tool that does not stretch stops there.

Fix: export the named masks at the size of their images; where sides are swapped, apply EXIF rotation to both.
"""

from readiness import listed
from readiness.evidence.dataset import Dataset
from readiness.finding import Outcome, Severity, Step, Subject, inapplicable

SEVERITY = Severity.WARN


def judge(dataset: Dataset) -> Outcome:
    if dataset.task != "segmentation":
        return inapplicable("only data for segmentation has masks")
    return listed.judge(
        dataset.listed("mask-size-differs"),
        "width or height is not the image's",
        unit="masks of another size",
        subject=Subject("dataset", dataset.name),
        step=Step(kind="fix", text="export the masks at the size of their images"),
    )
