"""Little of the model is left on corrupted images.

Why: fog, noise, blur and poor light come to every camera some day; a model that gives way to them fails without a sign.

Fix: train with such images or with augmentation that imitates them; gate the input by quality; watch image drift.
"""

from readiness.evidence.evaluation import Evaluation
from readiness.finding import Measure, Outcome, Severity, Step, Subject, clear, found, inapplicable, unknown
from readiness.policy import Policy

SEVERITY = Severity.MONITOR


def judge(evaluation: Evaluation, policy: Policy) -> Outcome:
    robust, limit = evaluation.robustness, policy.evaluation.corruption_left
    if robust is None:
        return inapplicable("the model was not run on corrupted images")
    subject = Subject("split", evaluation.split)
    step = Step(kind="retrain", text=f"train with images like those of {robust.worst}, then evaluate again")
    measure = Measure(measured=robust.left, limit=limit, unit="share", n=robust.images)
    if robust.clean <= 0:
        return unknown("nothing is right on the clean images", subject=subject, measure=measure, step=step)
    because = (
        f"{robust.left:.0%} of the clean {robust.figure} of {robust.clean:.2f} is left on the mean of all corruptions, "
        f"least under {robust.worst}; the policy asks for {limit:.0%}"
    )
    if robust.left >= limit:
        return clear(because, subject=subject, measure=measure)
    return found(because, subject=subject, measure=measure, step=step)
