"""Every object of the truth is marked as a crowd.

Why: crowd regions count neither as found nor as missed, so that nothing is left to measure; some exports set the mark
on every object, and average precision then reads -1.

Fix: clear `iscrowd` on single objects, and evaluate again.
"""

from readiness.evidence.evaluation import Evaluation
from readiness.finding import Measure, Outcome, Severity, Step, Subject, clear, found, inapplicable
from readiness.listed import counted

SEVERITY = Severity.BLOCK


def judge(evaluation: Evaluation) -> Outcome:
    if evaluation.task == "classification":
        return inapplicable("labels of whole images are no crowds")
    crowds, objects, subject = evaluation.crowds, evaluation.objects, Subject("split", evaluation.split)
    measure = Measure(measured=crowds, limit=crowds + objects, unit="objects", n=crowds + objects)
    if objects or not crowds:
        because = f"{counted(crowds, 'crowd regions')} beside {counted(objects, 'objects')}"
        return clear(because, subject=subject, measure=measure)
    because = f"all {crowds} objects of '{evaluation.split}' are marked as crowds: there is nothing to measure"
    step = Step(kind="label", text="clear `iscrowd` on single objects, then evaluate again")
    return found(because, subject=subject, measure=measure, step=step)
