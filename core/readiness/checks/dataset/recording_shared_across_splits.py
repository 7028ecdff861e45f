"""Frames of one recording stand in two splits.

Why: neighbouring frames show the same scene, light and objects, so the score is higher than on a new recording.

Fix: split by recording, with whole recordings held back for the test; evaluate again.
"""

from readiness import listed
from readiness.evidence.dataset import Dataset
from readiness.finding import Outcome, Severity, Step

SEVERITY = Severity.WARN


def judge(dataset: Dataset) -> list[Outcome]:
    return listed.judge_shared(
        dataset,
        "recording-shared-across-splits",
        "frames of the same recording on both sides",
        unit="shared recordings",
        step=Step(kind="fix", text="hold whole recordings back for the test split"),
    )
