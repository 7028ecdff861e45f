"""Entries of the label files cannot be used.

Why: an entry that one tool skips in silence and another refuses trains another model than the one that was meant.

Fix: correct each named entry in its label file, or delete it on purpose.
"""

from readiness import listed
from readiness.evidence.dataset import Dataset
from readiness.finding import Outcome, Severity, Step, Subject

SEVERITY = Severity.WARN


def judge(dataset: Dataset) -> Outcome:
    return listed.judge(
        dataset.listed("annotation-unusable"),
        "text that does not parse, or that contradicts the rest",
        unit="unusable entries",
        subject=Subject("dataset", dataset.name),
        step=Step(kind="fix", text="correct the label entries that cannot be used"),
    )
