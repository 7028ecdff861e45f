"""The class ids of the predictions are not those of the truth.

Why: a model whose answers carry the wrong names reads as useless, or worse, as good at the wrong thing; COCO's ids with
gaps and counted ones are mixed up most often.

Fix: write the category ids or names of this dataset into the predictions, or correct the order of classes in the card.
"""

from readiness.evidence.evaluation import Evaluation
from readiness.finding import Measure, Outcome, Severity, Step, Subject, clear, found, inapplicable, unknown

SEVERITY = Severity.BLOCK
ENOUGH = 10


def judge(evaluation: Evaluation) -> Outcome:
    if evaluation.unit == "pixels" or (len(evaluation.classes) < 2 and not evaluation.foreign_classes):
        return inapplicable("there is one class, or masks are compared")
    fit, subject = evaluation.class_ids, Subject("evidence", "evaluation")
    step = Step(kind="fix", text="write the dataset's own class ids into the predictions, or correct the card's order")
    if fit is None:
        return unknown("not measured: whether ids fit the truth", "missing", subject=subject, step=EVALUATE)
    measure = Measure(measured=fit.agree, limit=fit.better, unit="answers", n=fit.n)
    if fit.by:
        shown = "; ".join(f"'{said}' seems to mean '{meant}'" for said, meant in fit.examples)
        because = (
            f"{fit.agree} of {fit.n} sure answers name their object's class as the ids stand,"
            f" {fit.better} if they are read as {fit.by}: {shown}"
        )
        return found(because, subject=subject, measure=measure, step=step)
    if fit.n < ENOUGH and 2 * fit.agree < fit.n:
        because = f"{fit.agree} of {fit.n} sure answers name their object's class: too few to tell whether the ids fit"
        return unknown(because, subject=subject, measure=measure, step=EVALUATE)
    because = f"{fit.agree} of {fit.n} sure answers name their object's class; no other reading fits far better"
    return clear(because, subject=subject, measure=measure)


EVALUATE = Step(kind="evaluate", text="evaluate again with this release, on a split with more objects")
