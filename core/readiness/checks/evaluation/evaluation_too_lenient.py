"""The evaluation counts or bounds more leniently than the policy demands.

Why: at a low overlap a box beside the object counts as found, and a bound at low confidence is hardly one.

Fix: evaluate again at the policy's IoU and under this policy.
"""

from readiness.evidence.evaluation import Evaluation
from readiness.finding import Measure, Outcome, Severity, Step, Subject, clear, found, inapplicable
from readiness.policy import Policy

SEVERITY = Severity.BLOCK


def judge(evaluation: Evaluation, policy: Policy) -> list[Outcome]:
    return [_overlap(evaluation, policy), _bounds(evaluation, policy)]


def _overlap(evaluation: Evaluation, policy: Policy) -> Outcome:
    if evaluation.task == "classification":
        return inapplicable("a classifier places no boxes")
    if evaluation.unit == "pixels":
        return inapplicable("pixels are compared one by one, not matched")
    return _at_least("IoU", evaluation.iou, policy.evaluation.iou)


def _bounds(evaluation: Evaluation, policy: Policy) -> Outcome:
    rates = [rate for result in evaluation.classes for rate in (result.recall, result.precision)]
    rates += [result.recall for result in evaluation.slices]
    return _at_least("confidence of the bounds", min(rate.confidence for rate in rates), policy.confidence)


def _at_least(what: str, have: float, want: float) -> Outcome:
    subject = Subject("evidence", what)
    measure = Measure(measured=have, limit=want, unit=what)
    if have >= want:
        return clear(f"{what} {have:g}, {want:g} demanded", subject=subject, measure=measure)
    step = Step(kind="evaluate", text=f"evaluate again with {what} {want:g}")
    return found(f"{what} is {have:g}, the policy demands {want:g}", subject=subject, measure=measure, step=step)
