"""A large share of the objects is small.

Why: detectors find objects under 32x32 pixels far less often, and a model's input size shrinks them further.

Fix: move the camera closer, crop or tile the frame, or choose a model with a larger input; watch recall by size.
"""

from readiness import listed
from readiness.evidence.dataset import Dataset
from readiness.finding import Outcome, Severity, Step, Subject, inapplicable
from readiness.policy import Policy

SEVERITY = Severity.NOTE


def judge(dataset: Dataset, policy: Policy) -> Outcome:
    if dataset.task == "classification":
        return inapplicable("a classifier's data has no boxes")
    return listed.judge_share(
        dataset.listed("objects-small"),
        dataset.annotations,
        policy.dataset.small_share,
        "how large the objects are",
        "smaller than 32x32 pixels: {part} ({share:.0%})",
        unit="objects",
        subject=Subject("dataset", dataset.name),
        step=Step(kind="monitor", text="evaluate recall of small objects at the model's input size"),
    )
