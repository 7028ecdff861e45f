"""Equal images stand more than once in one split.

Why: each copy counts as another example, so that counts, rates and intervals claim more evidence than there is.

Fix: keep one of each; where the labels differ, decide which are right first.
"""

from readiness import listed
from readiness.evidence.dataset import Dataset
from readiness.finding import Outcome, Severity, Step, Subject

SEVERITY = Severity.WARN


def judge(dataset: Dataset) -> Outcome:
    return listed.judge(
        dataset.listed("images-duplicated"),
        "the same pixels again",
        unit="pictures",
        said=("repeated picture", "repeated pictures"),
        subject=Subject("dataset", dataset.name),
        step=Step(kind="fix", text="keep one of each set of equal images"),
    )
