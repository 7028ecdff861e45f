"""Images that are equal byte for byte carry different labels.

Why: no model can be right about all of them, so that part of its errors is the truth's own.

Fix: decide each pair, correct or delete the wrong copy, and evaluate again.
"""

from readiness.evidence.evaluation import Conflict, Evaluation
from readiness.finding import Measure, Outcome, Severity, Step, Subject, clear, found, inapplicable, unknown
from readiness.listed import counted

SEVERITY = Severity.WARN
SHOWN = 6


def judge(evaluation: Evaluation) -> Outcome:
    compared, subject = evaluation.images_compared, Subject("split", evaluation.split)
    step = Step(kind="label", text="decide each contradicting pair, and correct or delete the wrong copy")
    if compared is None:
        because = "not measured: whether equal images carry different labels"
        return unknown(because, "missing", subject=subject, step=Step(kind="evaluate", text="evaluate again"))
    if not compared and evaluation.images:
        return inapplicable("the images are not beside the labels; the scan of the dataset version looks at them")
    conflicts = evaluation.conflicts
    measure = Measure(measured=len(conflicts), limit=0, unit="contradictions", n=compared)
    if not conflicts:
        return clear(f"no contradiction among {counted(compared, 'images')}", subject=subject, measure=measure)
    said = "; ".join(_said(one) for one in conflicts[:SHOWN]) + ("; …" if len(conflicts) > SHOWN else "")
    images = tuple(dict.fromkeys(image for one in conflicts for image in one.images))
    because = f"{counted(len(conflicts), 'groups')} of equal images under different labels{_part(evaluation)}: {said}"
    return found(because, subject=subject, measure=measure, images=images, step=step)


def _said(one: Conflict) -> str:
    return " = ".join(f"{image} ({label})" for image, label in zip(one.images, one.labels, strict=True))


def _part(evaluation: Evaluation) -> str:
    """Say how many errors are the truth's own: of one image all labels but the most frequent one."""
    missed = evaluation.errors.get("missed", 0)
    if evaluation.task != "classification" or not missed:
        return ""
    own = sum(len(one.labels) - max(map(one.labels.count, one.labels)) for one in evaluation.conflicts)
    return f", at least {own} of the {missed} errors"
