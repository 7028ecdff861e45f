"""A class is answered of which the truth has no object.

Why: every such answer is false, and average precision counts none of them: it may read 1.000 beside thousands.

Fix: look at the false images; label the objects that are there after all, else add such scenes to the training data.
"""

from collections.abc import Iterator

from readiness.evidence.evaluation import Evaluation
from readiness.finding import Measure, Outcome, Severity, Step, Subject, found, inapplicable
from readiness.listed import counted

SEVERITY = Severity.MONITOR


def judge(evaluation: Evaluation) -> Iterator[Outcome]:
    absent = [one for one in evaluation.classes if one.detections and not one.objects]
    for one in absent:
        because = (
            f"{counted(one.detections, 'answers')} '{one.name}' at confidence {evaluation.confidence:g},"
            f" of which '{evaluation.split}' has no object: AP leaves them out"
        )
        yield found(
            because,
            subject=Subject("class", one.name),
            measure=Measure(measured=one.detections, limit=0, unit="answers", n=evaluation.images),
            images=one.false_images,
            step=Step(kind="label", text="look at the answers of classes without an object: label or retrain"),
        )
    if not absent:
        yield inapplicable("every class that is answered has an object")
