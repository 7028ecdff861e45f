"""Some boxes are of a size or shape that their class has nowhere else.

Why: a box a fraction or a multiple of what its class usually has is often another class, two objects in one, or a
slip of the hand.

Fix: look at the named boxes: correct the class or the box, and keep what is right.
"""

from readiness import listed
from readiness.evidence.dataset import Dataset
from readiness.finding import Outcome, Severity, Step, Subject, inapplicable

SEVERITY = Severity.NOTE


def judge(dataset: Dataset) -> Outcome:
    if dataset.task == "classification":
        return inapplicable("a classifier's data has no boxes")
    return listed.judge(
        dataset.listed("box-size-outlier"),
        "area or shape far beyond all others of the class",
        unit="boxes out of size",
        subject=Subject("dataset", dataset.name),
        step=Step(kind="label", text="look at the boxes whose size is unlike their class's"),
    )
