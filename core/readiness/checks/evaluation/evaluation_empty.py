"""The evaluation has nothing to measure: no image, or no object in them.

Why: figures over nothing are undefined, and a report that looks finished hides it; a truth of crowd regions alone
is such a case.

Fix: evaluate on a split with labelled objects; clear `iscrowd` where an export set it on every object.
"""

from readiness.evidence.evaluation import Evaluation
from readiness.finding import Measure, Outcome, Severity, Step, Subject, clear, found

SEVERITY = Severity.BLOCK


def judge(evaluation: Evaluation) -> Outcome:
    subject = Subject("split", evaluation.split)
    measure = Measure(measured=evaluation.objects, limit=1, unit=evaluation.unit, n=evaluation.images)
    because = f"{evaluation.images} images with {evaluation.objects} {evaluation.unit} in '{evaluation.split}'"
    if evaluation.images and evaluation.objects:
        return clear(because, subject=subject, measure=measure)
    step = Step(kind="evaluate", text="evaluate on a split with labelled objects")
    return found(because, subject=subject, measure=measure, step=step)
