"""The classes come in other shares in one split than in another.

Why: a score over all objects then speaks of another mix than the one trained on, and precision changes with the mix.

Fix: split by recording with each class in the same share, or read the report class by class and watch the mix in use.
"""

from readiness import drifts
from readiness.evidence.dataset import Dataset
from readiness.finding import Outcome, Severity, Step
from readiness.policy import Policy

SEVERITY = Severity.MONITOR


def judge(dataset: Dataset, policy: Policy) -> Outcome | list[Outcome]:
    step = Step(kind="monitor", text="watch the mix of classes in use, and read scores class by class")
    return drifts.judge(dataset, {"classes"}, policy.dataset.class_drift, "the shares of the classes", step)
