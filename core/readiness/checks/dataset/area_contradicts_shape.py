"""Labelled areas differ from what is drawn.

Why: scores by object size sort objects by this number, and a wrong one puts them into the wrong size or into none.

Fix: export the dataset again with areas computed from the shapes.
"""

from readiness import listed
from readiness.evidence.dataset import Dataset
from readiness.finding import Outcome, Severity, Step, Subject, inapplicable

SEVERITY = Severity.WARN


def judge(dataset: Dataset) -> Outcome:
    if dataset.task == "classification":
        return inapplicable("a classifier's data has no boxes")
    return listed.judge(
        dataset.listed("area-contradicts-shape"),
        "off what is drawn by more than 10 % and 4 square pixels",
        unit="contradicting areas",
        subject=Subject("dataset", dataset.name),
        step=Step(kind="fix", text="compute the areas anew from the shapes"),
    )
