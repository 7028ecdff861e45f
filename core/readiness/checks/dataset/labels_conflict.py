"""Equal images carry different labels.

Why: at least one of the labels is wrong, and no model can learn or be scored on both.

Fix: look at each named pair, keep the right label, and delete the other copy.
"""

from readiness import listed
from readiness.evidence.dataset import Dataset
from readiness.finding import Outcome, Severity, Step, Subject

SEVERITY = Severity.WARN


def judge(dataset: Dataset) -> Outcome:
    return listed.judge(
        dataset.listed("labels-conflict"),
        "equal pixels under different labels",
        unit="contradictions",
        subject=Subject("dataset", dataset.name),
        step=Step(kind="label", text="decide each contradicting pair and delete the wrong copy"),
    )
