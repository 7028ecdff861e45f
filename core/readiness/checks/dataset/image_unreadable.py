"""Images cannot be decoded.

Why: training skips or breaks on them, and every count that includes them is wrong.

Fix: replace the named files from their source, or remove them and their labels.
"""

from readiness import listed
from readiness.evidence.dataset import Dataset
from readiness.finding import Outcome, Severity, Step, Subject

SEVERITY = Severity.WARN


def judge(dataset: Dataset) -> Outcome:
    return listed.judge(
        dataset.listed("image-unreadable"),
        "missing or damaged",
        unit="unreadable images",
        of=dataset.images,
        subject=Subject("dataset", dataset.name),
        step=Step(kind="fix", text="replace or remove the unreadable images"),
    )
