"""The predictions were cut at a score above the threshold that was evaluated.

Why: the answers between threshold and cut are missing, so precision reads better than the deployed model's.

Fix: predict again with a lowest score under the threshold, and evaluate that.
"""

from readiness.evidence.evaluation import Evaluation
from readiness.finding import Measure, Outcome, Severity, Step, Subject, clear, found, inapplicable

SEVERITY = Severity.BLOCK


def judge(evaluation: Evaluation) -> Outcome:
    if evaluation.task == "classification":
        return inapplicable("a classifier answers every image")
    if evaluation.unit == "pixels":
        return inapplicable("masks of classes carry no scores")
    lowest, threshold = evaluation.lowest_score, evaluation.confidence
    if lowest is None:
        return inapplicable("there is no prediction")
    subject, measure = Subject("evidence", "evaluation"), Measure(measured=lowest, limit=threshold, unit="confidence")
    if lowest <= threshold:
        return clear(f"scores from {lowest:g} were evaluated at {threshold:g}", subject=subject, measure=measure)
    step = Step(kind="evaluate", text=f"predict again down to a score under {threshold:g}, and evaluate that")
    because = f"the lowest score is {lowest:g}, the threshold {threshold:g}: nothing between them was looked at"
    return found(because, subject=subject, measure=measure, step=step)
