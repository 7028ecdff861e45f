"""Names of two classes mean the same.

Why: when case, a space, a plural or a slip of the pen makes two classes of one, each is trained on a part of the
examples and counts the other's as errors.

Fix: merge the named classes into one, or rename one so that a reader can tell them apart.
"""

from readiness import listed
from readiness.evidence.dataset import Dataset
from readiness.finding import Outcome, Severity, Step, Subject

SEVERITY = Severity.WARN


def judge(dataset: Dataset) -> Outcome:
    return listed.judge(
        dataset.listed("class-names-clash"),
        "told apart only by case, separators, a plural or a slip of the pen",
        unit="clashing names",
        subject=Subject("dataset", dataset.name),
        step=Step(kind="fix", text="merge or rename the classes whose names clash"),
    )
