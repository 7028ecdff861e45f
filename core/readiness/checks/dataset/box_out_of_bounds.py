"""Boxes reach out of their image.

Why: tools clip, refuse or keep them, so that training and scoring see different boxes.

Fix: clip the named boxes to the image; where many are outside, look for swapped sides or a rotated image.
"""

from readiness import listed
from readiness.evidence.dataset import Dataset
from readiness.finding import Outcome, Severity, Step, Subject, inapplicable

SEVERITY = Severity.NOTE


def judge(dataset: Dataset) -> Outcome:
    if dataset.task == "classification":
        return inapplicable("a classifier's data has no boxes")
    return listed.judge(
        dataset.listed("box-out-of-bounds"),
        "past the image's edge by more than half a pixel",
        unit="boxes outside",
        subject=Subject("dataset", dataset.name),
        step=Step(kind="fix", text="clip the boxes to their images"),
    )
