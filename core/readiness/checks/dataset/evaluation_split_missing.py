"""No split is left to judge a model on.

Why: a score on the images a model was trained on proves nothing about new ones.

Fix: set aside labelled images, by whole recordings, as a test split before training.
"""

from readiness.evidence.dataset import Dataset
from readiness.finding import Measure, Outcome, Severity, Step, Subject, clear, found
from readiness.listed import counted
from readiness.policy import Policy

SEVERITY = Severity.BLOCK


def judge(dataset: Dataset, policy: Policy) -> Outcome:
    split = dataset.evaluation_split(policy.evaluation.splits)
    subject = Subject("dataset", dataset.name)
    if split is not None:
        measure = Measure(measured=split.labelled, limit=1, unit="labelled images")
        has = counted(split.labelled, "labelled images")
        return clear(f"'{split.name}' has {has}", subject=subject, measure=measure)
    has = ", ".join(f"{one.name} ({counted(one.labelled, 'labelled images')})" for one in dataset.splits) or "none"
    wanted = ", ".join(policy.evaluation.splits)
    step = Step(kind="collect", text="set aside a labelled test split")
    measure = Measure(measured=0, limit=1, unit="labelled images")
    return found(f"none of {wanted} has labelled images; splits: {has}", subject=subject, measure=measure, step=step)
