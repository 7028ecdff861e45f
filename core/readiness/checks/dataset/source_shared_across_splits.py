"""Copies of one source image stand in two splits.

Why: augmented copies carry the same objects; splitting after augmenting puts the answers into the test.

Fix: split by source image first, then augment the training part only.
"""

from readiness import listed
from readiness.evidence.dataset import Dataset
from readiness.finding import Outcome, Severity, Step

SEVERITY = Severity.BLOCK


def judge(dataset: Dataset) -> list[Outcome]:
    return listed.judge_shared(
        dataset,
        "source-shared-across-splits",
        "exported copies of the same source image on both sides",
        unit="shared sources",
        step=Step(kind="fix", text="split by source image, then augment"),
    )
