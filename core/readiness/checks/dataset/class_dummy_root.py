"""The list of classes holds a root that is no class.

Why: a supercategory exported as class 0, as Roboflow's COCO export has it, shifts every class number in tools that
keep it and gives the model an output that is never right.

Fix: drop the root category and number the classes the same way in training and scoring.
"""

from readiness import listed
from readiness.evidence.dataset import Dataset
from readiness.finding import Outcome, Severity, Step, Subject

SEVERITY = Severity.NOTE


def judge(dataset: Dataset) -> Outcome:
    return listed.judge(
        dataset.listed("class-dummy-root"),
        "without an object, and left out here",
        unit="root categories",
        subject=Subject("dataset", dataset.name),
        step=Step(kind="fix", text="drop the root category from the list of classes"),
    )
