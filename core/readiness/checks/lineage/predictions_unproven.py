"""Nothing proves which model, on which dataset version, gave the predictions that were evaluated.

Why: answers of another model under this one's name would read as its own.

Fix: run the model with `readiness predict`, which writes a run record beside the predictions, then evaluate.
"""

from readiness.evidence.evaluation import Evaluation
from readiness.finding import Outcome, Severity, Step, Subject, clear, unknown

SEVERITY = Severity.BLOCK


def judge(evaluation: Evaluation) -> Outcome:
    subject = Subject("evidence", "evaluation")
    if evaluation.run_recorded:
        return clear("a run record names predictions, model and dataset version", subject=subject)
    step = Step(kind="evaluate", text="run the model with `readiness predict` and evaluate what it writes")
    return unknown("no run record ties the predictions to a model and version", "missing", subject=subject, step=step)
