"""Labels carry a class that is not in the list of classes.

Why: such objects are left out or numbered as another class, depending on the tool, and nobody is told.

Fix: add the missing classes to the list in the right place, or correct the labels.
"""

from readiness import listed
from readiness.evidence.dataset import Dataset
from readiness.finding import Outcome, Severity, Step, Subject

SEVERITY = Severity.WARN


def judge(dataset: Dataset) -> Outcome:
    return listed.judge(
        dataset.listed("class-undefined"),
        "of a class that is not declared",
        unit="labels of no class",
        subject=Subject("dataset", dataset.name),
        step=Step(kind="fix", text="declare the classes that labels name, or correct the labels"),
    )
