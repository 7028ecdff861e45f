"""Some images have far fewer labels than the rest, or none of a class that always comes with theirs.

Why: when labelling was broken off, the unlabelled objects teach the model to overlook, and score its hits as errors.

Fix: look at the named images and label what is missing; confirm those that really hold so little.
"""

from readiness import listed
from readiness.evidence.dataset import Dataset
from readiness.finding import Outcome, Severity, Step, Subject, inapplicable

SEVERITY = Severity.WARN


def judge(dataset: Dataset) -> Outcome:
    if dataset.task == "classification":
        return inapplicable("a classifier's data has no boxes")
    return listed.judge(
        dataset.listed("labels-few-beside-peers"),
        "far fewer labels than on others of the same kind",
        unit="thinly labelled images",
        subject=Subject("dataset", dataset.name),
        step=Step(kind="label", text="complete the labels of the thinly labelled images"),
    )
