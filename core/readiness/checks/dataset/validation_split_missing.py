"""Only one split is held out from training.

Why: the threshold is then chosen on the very images that the model is judged on, which flatters the score.

Fix: divide the held-out recordings into a validation split for choices and a test split for the judgement.
"""

from readiness.evidence.dataset import Dataset
from readiness.finding import Measure, Outcome, Severity, Step, Subject, clear, found, inapplicable
from readiness.policy import Policy

SEVERITY = Severity.NOTE
_TRAINING = frozenset({"train", "training"})


def judge(dataset: Dataset, policy: Policy) -> Outcome:
    held_out = [name for name in policy.evaluation.splits if (one := dataset.split(name)) and one.labelled > 0]
    if not held_out or not any(one.name.lower() in _TRAINING and one.images for one in dataset.splits):
        return inapplicable("there is no training split beside a split to judge on")
    subject = Subject("dataset", dataset.name)
    measure = Measure(measured=len(held_out), limit=2, unit="held-out splits")
    if len(held_out) > 1:
        return clear(f"{' and '.join(held_out)} are held out", subject=subject, measure=measure)
    step = Step(kind="collect", text=f"divide '{held_out[0]}' by recordings into validation and test")
    because = f"'{held_out[0]}' alone is held out: to choose the threshold on and to judge on"
    return found(because, subject=subject, measure=measure, step=step)
