"""The model card lists another number of classes than the model's head has.

Why: every answer after the first missing row carries the wrong name, silently.

Fix: correct `classes` in the card to the order and length of the model's head.
"""

from readiness.evidence.model import Model
from readiness.finding import Measure, Outcome, Severity, Step, Subject, clear, found, inapplicable

SEVERITY = Severity.BLOCK


def judge(model: Model) -> Outcome:
    listed, head = len(model.card.classes), model.head_classes
    subject = Subject("model", model.name)
    if head is None:
        return inapplicable("the file does not say how many classes its head has")
    measure = Measure(measured=listed, limit=head, unit="classes")
    if listed == head:
        return clear(f"card and head agree on {head} classes", subject=subject, measure=measure)
    step = Step(kind="fix", text=f"list the {head} classes of the head in the model card")
    return found(f"the card lists {listed} classes, the head has {head}", subject=subject, measure=measure, step=step)
