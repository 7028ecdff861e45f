"""The images of one split are of another light, sharpness, colour or size than those of another.

Why: a model is judged on other images than it learnt from, so its score tells of the difference and not of the model.

Fix: shuffle whole recordings over the splits, or add such images to the training split.
"""

from readiness import drifts
from readiness.evidence.dataset import Dataset
from readiness.finding import Outcome, Severity, Step
from readiness.policy import Policy

SEVERITY = Severity.WARN


def judge(dataset: Dataset, policy: Policy) -> Outcome | list[Outcome]:
    step = Step(kind="collect", text="bring the conditions of each split into the others, by whole recordings")
    return drifts.judge(
        dataset,
        {"luma", "spread", "sharpness", "colourfulness", "image size"},
        policy.dataset.image_drift,
        "the images",
        step,
    )
