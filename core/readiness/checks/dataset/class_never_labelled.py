"""Classes are declared that no object carries.

Why: the model gets an output that it is never taught, and its wrong answers are counted nowhere.

Fix: remove the named classes, or label objects of them.
"""

from readiness import listed
from readiness.evidence.dataset import Dataset
from readiness.finding import Outcome, Severity, Step, Subject

SEVERITY = Severity.NOTE


def judge(dataset: Dataset) -> Outcome:
    return listed.judge(
        dataset.listed("class-never-labelled"),
        "declared, but without a single object",
        unit="classes without an object",
        subject=Subject("dataset", dataset.name),
        step=Step(kind="label", text="label objects of the classes that have none, or remove them"),
    )
