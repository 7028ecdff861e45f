"""The evaluation belongs to another model file.

Why: readiness of the old model attached to a new one is the classic false ready.

Fix: run exactly this file over the test split and evaluate it, then ask again.
"""

from readiness.evidence.evaluation import Evaluation
from readiness.evidence.model import Model
from readiness.finding import Measure, Outcome, Severity, Step, Subject, clear, found

SEVERITY = Severity.BLOCK


def judge(model: Model, evaluation: Evaluation) -> Outcome:
    subject = Subject("evidence", "evaluation")
    measure = Measure(measured=evaluation.model, limit=model.digest)
    if evaluation.model == model.digest:
        return clear("the evaluation names this file", subject=subject, measure=measure)
    step = Step(kind="evaluate", text=f"run and evaluate {model.name} itself")
    because = f"the evaluation is of {evaluation.model or 'an unnamed model'}, asked is {model.digest}"
    return found(because, subject=subject, measure=measure, step=step)
