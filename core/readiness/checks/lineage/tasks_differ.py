"""Model, dataset and evaluation are not of the same task.

Why: a classifier's score says nothing about a detector, though the class names may agree.

Fix: scan and evaluate for the task that the model's card names, or correct the card.
"""

from readiness.evidence.dataset import Dataset
from readiness.evidence.evaluation import Evaluation
from readiness.evidence.model import Model
from readiness.finding import Measure, Outcome, Severity, Step, Subject, clear, found

SEVERITY = Severity.BLOCK


def judge(model: Model, dataset: Dataset, evaluation: Evaluation) -> list[Outcome]:
    return [_one(model, kind, task) for kind, task in (("dataset", dataset.task), ("evaluation", evaluation.task))]


def _one(model: Model, kind: str, task: str) -> Outcome:
    wanted = model.card.task
    subject = Subject("evidence", kind)
    measure = Measure(measured=task, limit=wanted)
    if task == wanted:
        return clear(f"the {kind} is of {wanted} too", subject=subject, measure=measure)
    step = Step(kind="scan" if kind == "dataset" else "evaluate", text=f"repeat it for {wanted}")
    return found(
        f"the {kind} is of {task}, the model's card says {wanted}", subject=subject, measure=measure, step=step
    )
