"""Boxes cover the whole image.

Why: among objects that fill a part of the image such a box is mostly a slip of the hand or a label of the whole
picture, and teaches the model to answer with the frame's edges.

Fix: look at the named boxes; draw the object's own box, or keep those that really fill the image.
"""

from readiness import listed
from readiness.evidence.dataset import Dataset
from readiness.finding import Outcome, Severity, Step, Subject, inapplicable

SEVERITY = Severity.NOTE


def judge(dataset: Dataset) -> Outcome:
    if dataset.task == "classification":
        return inapplicable("a classifier's data has no boxes")
    return listed.judge(
        dataset.listed("box-full-frame"),
        "95 % of the image or more, where hardly any other covers half of one",
        unit="boxes over the whole image",
        subject=Subject("dataset", dataset.name),
        step=Step(kind="fix", text="redraw the boxes that cover their whole image"),
    )
