"""A class has objects and is never answered at this threshold.

Why: a class that is lost altogether points at the training data, the class order or the threshold, not at chance.

Fix: compare the card's class order with the training, look at the class's scores, lower its threshold or retrain.
"""

from collections.abc import Iterator

from readiness.bounds import against_floor
from readiness.evidence.evaluation import ClassResult, Evaluation
from readiness.finding import Outcome, Severity, Step, Subject, clear, found, inapplicable, rate_measure, unknown
from readiness.policy import Policy

SEVERITY = Severity.RETRAIN


def judge(evaluation: Evaluation, policy: Policy) -> Iterator[Outcome]:
    measured = [result for result in evaluation.classes if result.objects]
    for result in measured:
        yield _judge(result, policy.recall_floor(result.name), evaluation.confidence)
    if not measured:
        yield inapplicable("no class has an object to answer")


def _judge(result: ClassResult, floor: float, confidence: float) -> Outcome:
    subject, measure = Subject("class", result.name), rate_measure(result.recall, floor)
    if result.detections:
        return clear(f"answered {result.detections} times", subject=subject, measure=measure)
    lower = ", though it is at lower scores" if result.ap50 else ""
    because = f"'{result.name}' (objects: {result.objects}) is never answered at confidence {confidence:g}{lower}"
    images = result.missed_images
    if against_floor(result.recall.lower, result.recall.upper, floor) == "found":
        step = Step(kind="retrain", text="check the class order and the scores of the lost classes, then retrain")
        return found(because, subject=subject, measure=measure, images=images, step=step)
    step = Step(kind="collect", text="collect and label more objects of the classes that were never answered")
    return unknown(f"{because}; too few to tell", subject=subject, measure=measure, images=images, step=step)
