"""The predictions were cut at a score before they were evaluated.

Why: average precision, every curve over thresholds and the calibration need the low scores; cut off, they cannot be
compared, and what a lower threshold would find is not known.

Fix: predict again with a lowest score of 0.01 or less.
"""

from readiness.evidence.evaluation import Evaluation
from readiness.finding import Measure, Outcome, Severity, Step, Subject, clear, found, inapplicable
from readiness.policy import Policy

SEVERITY = Severity.MONITOR


def judge(evaluation: Evaluation, policy: Policy) -> Outcome:
    if evaluation.task == "classification":
        return inapplicable("a classifier answers every image")
    if evaluation.unit == "pixels":
        return inapplicable("masks of classes carry no scores")
    lowest, limit = evaluation.lowest_score, policy.evaluation.lowest_score
    if lowest is None:
        return inapplicable("there is no prediction")
    subject, measure = Subject("evidence", "evaluation"), Measure(measured=lowest, limit=limit, unit="confidence")
    if lowest <= limit:
        return clear(f"the lowest score is {lowest:g}", subject=subject, measure=measure)
    step = Step(kind="evaluate", text="predict again down to a score of 0.01, and evaluate that")
    because = f"predictions seem cut: the lowest score is {lowest:g}, {limit:g} or less is needed for AP and curves"
    return found(because, subject=subject, measure=measure, step=step)
