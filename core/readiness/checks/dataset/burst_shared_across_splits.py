"""Pictures of one burst stand in two splits.

Why: pictures taken by one camera within seconds show the same objects; the model is judged on what it has seen.

Fix: keep what was taken within seconds in one split; split by time or place instead of at random.
"""

from readiness import listed
from readiness.evidence.dataset import Dataset
from readiness.finding import Outcome, Severity, Step

SEVERITY = Severity.BLOCK


def judge(dataset: Dataset) -> list[Outcome]:
    return listed.judge_shared(
        dataset,
        "burst-shared-across-splits",
        "taken by one camera within seconds",
        unit="shared bursts",
        step=Step(kind="fix", text="keep each burst in one split"),
    )
