"""The image ids of the predictions are not those of the truth.

Why: answers that are held against another image read as a model that finds nothing.

Fix: write the image ids or file names of this dataset version into the predictions, and evaluate again.
"""

from readiness.evidence.evaluation import Evaluation
from readiness.finding import Measure, Outcome, Severity, Step, Subject, clear, found, inapplicable, unknown

SEVERITY = Severity.BLOCK
ENOUGH = 10


def judge(evaluation: Evaluation) -> Outcome:
    if evaluation.task == "classification" or evaluation.unit == "pixels":
        return inapplicable("the answers have no place in the image by which to tell")
    fit, subject = evaluation.image_ids, Subject("evidence", "evaluation")
    step = Step(kind="fix", text="write the dataset's own image ids into the predictions")
    if fit is None:
        return unknown("not measured: whether ids fit the truth", "missing", subject=subject, step=EVALUATE)
    measure = Measure(measured=fit.agree, limit=fit.better, unit="answers", n=fit.n)
    if fit.by:
        shown = "; ".join(f"'{said}' seems to mean '{meant}'" for said, meant in fit.examples)
        because = (
            f"{fit.agree} of {fit.n} sure answers lie on an object of their class as the ids stand,"
            f" {fit.better} if they are read as {fit.by}: {shown}"
        )
        return found(because, subject=subject, measure=measure, step=step)
    if fit.n < ENOUGH and 2 * fit.agree < fit.n:
        because = (
            f"{fit.agree} of {fit.n} sure answers lie on an object of their class: too few to tell whether the ids fit"
        )
        return unknown(because, subject=subject, measure=measure, step=EVALUATE)
    because = f"{fit.agree} of {fit.n} sure answers lie on an object of their class; no other reading fits far better"
    return clear(because, subject=subject, measure=measure)


EVALUATE = Step(kind="evaluate", text="evaluate again with this release, on a split with more objects")
