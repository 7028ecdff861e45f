"""A group that must stay together stands in two splits.

Why: the given pattern names what was taken of one thing, place or person; on both sides it gives the answers away.

Fix: split by that group, then evaluate again.
"""

from readiness import listed
from readiness.evidence.dataset import Dataset
from readiness.finding import Outcome, Severity, Step

SEVERITY = Severity.BLOCK


def judge(dataset: Dataset) -> list[Outcome]:
    return listed.judge_shared(
        dataset,
        "group-shared-across-splits",
        "images of one group on both sides",
        unit="shared groups",
        step=Step(kind="fix", text="split by group"),
    )
