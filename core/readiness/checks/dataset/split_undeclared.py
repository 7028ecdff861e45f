"""Folders of images lie beside the splits and belong to none.

Why: they are neither trained on nor judged on, in silence, and whether they hold copies of the rest was not looked at.

Fix: name each folder in the dataset's own file as the split that it is, or take it out of the dataset.
"""

from readiness import listed
from readiness.evidence.dataset import Dataset
from readiness.finding import Outcome, Severity, Step, Subject

SEVERITY = Severity.WARN


def judge(dataset: Dataset) -> Outcome:
    return listed.judge(
        dataset.listed("split-undeclared"),
        "their images are in no split",
        unit="undeclared folders",
        subject=Subject("dataset", dataset.name),
        step=Step(kind="fix", text="declare the left out folders as splits, or take them out"),
    )
