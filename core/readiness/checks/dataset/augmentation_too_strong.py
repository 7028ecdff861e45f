"""Copies were altered beyond what the pictures themselves show.

Why: objects that were pushed out of the frame or drowned in dark, glare or blur teach labels that nothing supports.

Fix: lower the strength of the augmentation, and drop boxes of which little is left in the frame.
"""

from readiness import listed
from readiness.evidence.dataset import Dataset
from readiness.finding import Outcome, Severity, Step, Subject

SEVERITY = Severity.WARN


def judge(dataset: Dataset) -> Outcome:
    return listed.judge(
        dataset.listed("augmentation-too-strong"),
        "objects left the frame, or light, colour or blur are far from all sources",
        unit="overdone copies",
        subject=Subject("dataset", dataset.name),
        step=Step(kind="fix", text="lower the strength of the augmentation and export again"),
    )
