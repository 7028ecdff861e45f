"""Answers are of classes that the dataset does not have.

Why: nothing can tell whether they are right, and no figure counts them; a class spelled otherwise is lost altogether.

Fix: spell classes as the dataset does, label the classes it lacks, or leave them out of the model.
"""

from readiness.evidence.evaluation import Evaluation
from readiness.finding import Measure, Outcome, Severity, Step, Subject, clear, found
from readiness.listed import counted

SEVERITY = Severity.WARN
SHOWN = 12


def judge(evaluation: Evaluation) -> Outcome:
    foreign, subject = evaluation.foreign_classes, Subject("split", evaluation.split)
    measure = Measure(measured=len(foreign), limit=0, unit="classes")
    if not foreign:
        return clear("every answer is of a class of the dataset", subject=subject, measure=measure)
    ranked = sorted(foreign.items(), key=lambda one: (-one[1], one[0]))
    names = ", ".join(f"{name} ({count:,})" for name, count in ranked[:SHOWN])
    more = f" and {len(ranked) - SHOWN} more" if len(ranked) > SHOWN else ""
    because = (
        f"{counted(sum(foreign.values()), 'answers')} of {counted(len(foreign), 'classes')}"
        f" that the dataset lacks, not judged: {names}{more}"
    )
    step = Step(kind="label", text="spell the classes as the dataset does, label those it lacks, or drop them")
    return found(because, subject=subject, measure=measure, step=step)
