"""The dataset has objects of a class that the model does not know.

Why: the model can never answer it, however good it is; each of its objects is missed, or called something else.

Fix: train the model with this class, correct the card's `classes`, or take the class out of what is asked for.
"""

from collections.abc import Iterator

from readiness.evidence.evaluation import ClassResult, Evaluation
from readiness.evidence.model import Model
from readiness.finding import Measure, Outcome, Severity, Step, Subject, clear, found, inapplicable

SEVERITY = Severity.RETRAIN


def judge(model: Model, evaluation: Evaluation) -> Iterator[Outcome]:
    known = set(model.card.classes)
    there = [one for one in evaluation.classes if one.objects]
    for one in there:
        yield _judge(one, known)
    if not there:
        yield inapplicable("no class has an object")


def _judge(one: ClassResult, known: set[str]) -> Outcome:
    subject = Subject("class", one.name)
    measure = Measure(measured=one.objects, unit="objects", n=one.objects)
    if one.name in known or one.card_name in known:
        return clear("the model's card lists it", subject=subject, measure=measure)
    because = f"'{one.name}' ({one.objects} objects) is none of the {len(known)} classes of the model's card"
    step = Step(kind="retrain", text="train with the classes that the model's head lacks, or correct the card")
    return found(because, subject=subject, measure=measure, images=one.missed_images, step=step)
