"""A model is sure of objects that nobody labelled.

Why: an overlooked object teaches the model to overlook its like, and counts a right answer as a false alarm.

Fix: look at the named places, the surest first, and label what is there; what is rightly empty needs nothing.
"""

from readiness import listed
from readiness.evidence.dataset import Dataset
from readiness.finding import Outcome, Severity, Step, Subject, inapplicable

SEVERITY = Severity.NOTE


def judge(dataset: Dataset) -> Outcome:
    if not dataset.predictions:
        return inapplicable("no predictions were at hand")
    if dataset.task == "classification":
        return inapplicable("a classifier's data has no boxes")
    return listed.judge(
        dataset.listed("label-suspect-missing"),
        "a sure answer stands where nothing is labelled",
        unit="suspected gaps",
        subject=Subject("dataset", dataset.name),
        step=Step(kind="label", text="label the objects that were overlooked"),
    )
