"""A class that the model answers has no object in the evaluated split.

Why: nothing is known of how well it is found, nor of what it is mistaken for; COCO's averages leave it out.

Fix: label objects of this class in the test split, or take the class out of the model.
"""

from collections.abc import Iterator

from readiness.evidence.evaluation import Evaluation
from readiness.evidence.model import Model
from readiness.finding import Measure, Outcome, Severity, Step, Subject, clear, found

SEVERITY = Severity.BLOCK


def judge(model: Model, evaluation: Evaluation) -> Iterator[Outcome]:
    objects = {result.name: result.objects for result in evaluation.classes}
    objects |= {result.card_name: result.objects for result in evaluation.classes if result.card_name}
    for name in model.card.classes:
        count, subject = objects.get(name, 0), Subject("class", name)
        measure = Measure(measured=count, limit=1, unit=evaluation.unit, n=count)
        if count:
            yield clear(f"{count} {evaluation.unit} in '{evaluation.split}'", subject=subject, measure=measure)
        else:
            because = f"'{evaluation.split}' holds no object of '{name}', which the model answers"
            step = Step(kind="label", text=f"label objects of the class in '{evaluation.split}', or drop it")
            yield found(because, subject=subject, measure=measure, step=step)
