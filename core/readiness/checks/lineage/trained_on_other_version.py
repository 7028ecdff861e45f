"""The model was trained on another dataset version than the one judged here, or does not say on which.

Why: its training images may stand in this version's test split, and the scan looked at other data than it learnt from.

Fix: name the dataset digest in the card's `trained_on` when training, and scan that version.
"""

from readiness.evidence.dataset import Dataset
from readiness.evidence.model import Model
from readiness.finding import Measure, Outcome, Severity, Step, Subject, clear, found

SEVERITY = Severity.MONITOR


def judge(model: Model, dataset: Dataset) -> Outcome:
    said = model.card.trained_on
    subject = Subject("model", model.name)
    measure = Measure(measured=said or "not said", limit=dataset.digest)
    if said == dataset.digest:
        return clear("trained on the scanned version", subject=subject, measure=measure)
    step = Step(kind="scan", text="scan the version that the model was trained on, and name it in the card")
    because = (
        f"trained on {said}, scanned is {dataset.digest}" if said else "the card does not say on what it was trained"
    )
    return found(because, subject=subject, measure=measure, step=step)
