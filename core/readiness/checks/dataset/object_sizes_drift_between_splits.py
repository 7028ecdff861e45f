"""The objects of one split are of another size than those of another.

Why: detectors find objects at the sizes they learnt; a score on other sizes tells of the camera distance.

Fix: shuffle whole recordings over the splits, or add objects of the missing sizes to the training split.
"""

from readiness import drifts
from readiness.evidence.dataset import Dataset
from readiness.finding import Outcome, Severity, Step, inapplicable
from readiness.policy import Policy

SEVERITY = Severity.WARN


def judge(dataset: Dataset, policy: Policy) -> Outcome | list[Outcome]:
    if dataset.task == "classification":
        return inapplicable("a classifier's data has no boxes")
    step = Step(kind="collect", text="bring objects of all sizes into every split, by whole recordings")
    return drifts.judge(dataset, {"object area"}, policy.dataset.size_drift, "the sizes of the objects", step)
