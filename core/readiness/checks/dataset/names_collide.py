"""Names of images differ only in case or in the form of their letters.

Why: on Windows, macOS and many network shares one of the two overwrites the other, and a label then stands beside the
wrong image.

Fix: rename one of each pair, with its label file.
"""

from readiness import listed
from readiness.evidence.dataset import Dataset
from readiness.finding import Outcome, Severity, Step, Subject

SEVERITY = Severity.WARN


def judge(dataset: Dataset) -> Outcome:
    return listed.judge(
        dataset.listed("names-collide"),
        "one name where case and Unicode form do not count",
        unit="colliding names",
        subject=Subject("dataset", dataset.name),
        step=Step(kind="fix", text="rename the images whose names collide"),
    )
