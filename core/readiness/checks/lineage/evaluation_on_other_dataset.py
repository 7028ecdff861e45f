"""The evaluation was made on another dataset version than the one that was scanned.

Why: a score on data of unknown health proves nothing; leaks and wrong labels of that version were never looked at.

Fix: evaluate on the scanned version, or scan the version that the evaluation used.
"""

from readiness.evidence.dataset import Dataset
from readiness.evidence.evaluation import Evaluation
from readiness.finding import Measure, Outcome, Severity, Step, Subject, clear, found

SEVERITY = Severity.BLOCK


def judge(dataset: Dataset, evaluation: Evaluation) -> Outcome:
    subject = Subject("evidence", "evaluation")
    measure = Measure(measured=evaluation.dataset, limit=dataset.digest)
    if evaluation.dataset == dataset.digest:
        return clear("scan and evaluation name the same version", subject=subject, measure=measure)
    step = Step(kind="evaluate", text=f"evaluate on the scanned version {dataset.name}")
    because = f"evaluated on {evaluation.dataset or 'an unnamed version'}, scanned is {dataset.digest}"
    return found(because, subject=subject, measure=measure, step=step)
