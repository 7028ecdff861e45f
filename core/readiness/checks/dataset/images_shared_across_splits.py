"""The same picture stands in two splits.

Why: the model is judged on what it learnt by heart, so its score says nothing about new frames.

Fix: keep each picture, with all its copies, in one split; evaluate again afterwards.
"""

from readiness import listed
from readiness.evidence.dataset import Dataset
from readiness.finding import Outcome, Severity, Step

SEVERITY = Severity.BLOCK


def judge(dataset: Dataset) -> list[Outcome]:
    return listed.judge_shared(
        dataset,
        "images-shared-across-splits",
        "equal or nearly equal pictures on both sides",
        unit="shared pictures",
        step=Step(kind="fix", text="move all copies of a picture into one split"),
    )
