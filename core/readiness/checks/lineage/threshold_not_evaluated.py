"""The asked confidence threshold is not the one that was evaluated.

Why: recall and precision belong to a threshold; moved by a tenth they can be another model's.

Fix: evaluate at the threshold that will be deployed, then ask again.
"""

from readiness.evidence.evaluation import Evaluation
from readiness.finding import Measure, Outcome, Severity, Step, Subject, clear, found

SEVERITY = Severity.BLOCK
SAME = 1e-9


def judge(evaluation: Evaluation, threshold: float) -> Outcome:
    subject = Subject("evidence", "evaluation")
    measure = Measure(measured=evaluation.confidence, limit=threshold, unit="confidence")
    if abs(evaluation.confidence - threshold) <= SAME:
        return clear(f"evaluated at {threshold:g}", subject=subject, measure=measure)
    step = Step(kind="evaluate", text=f"evaluate at confidence {threshold:g}")
    return found(
        f"evaluated at {evaluation.confidence:g}, asked is {threshold:g}", subject=subject, measure=measure, step=step
    )
