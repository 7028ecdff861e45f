"""The evaluation was not made on a split kept for it.

Why: a model knows its training images by heart; what it scores there says nothing about new ones.

Fix: keep a test split out of training, and evaluate on that.
"""

from readiness.evidence.evaluation import Evaluation
from readiness.finding import Measure, Outcome, Severity, Step, Subject, clear, found
from readiness.policy import Policy

SEVERITY = Severity.BLOCK


def judge(evaluation: Evaluation, policy: Policy) -> Outcome:
    allowed = policy.evaluation.splits
    subject = Subject("split", evaluation.split)
    measure = Measure(measured=evaluation.split, limit=", ".join(allowed))
    if all(part in allowed for part in evaluation.split.split("+")):
        return clear(f"evaluated on '{evaluation.split}'", subject=subject, measure=measure)
    step = Step(kind="evaluate", text=f"evaluate on a split that was kept out of training: {', '.join(allowed)}")
    because = f"evaluated on '{evaluation.split}', only {', '.join(allowed)} count as kept out of training"
    return found(because, subject=subject, measure=measure, step=step)
