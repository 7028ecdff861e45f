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
        yield _judge(result, policy.recall_floor(result.name), evaluation)
    if not measured:
        yield inapplicable("no class has an object to answer")


def _judge(result: ClassResult, floor: float, evaluation: Evaluation) -> Outcome:
    subject, measure = Subject("class", result.name), rate_measure(result.recall, floor)
    pixels = evaluation.unit == "pixels"
    if result.detections:
        times = "in {:,} pixels" if pixels else "{} times"
        return clear(f"answered {times.format(result.detections)}", subject=subject, measure=measure)
    lower = ", though it is at lower scores" if result.ap50 else ""
    at = "" if pixels else f" at confidence {evaluation.confidence:g}{lower}"
    because = f"'{result.name}' ({evaluation.unit}: {result.objects}) is never answered{at}"
    images = result.missed_images
    if against_floor(result.recall.lower, result.recall.upper, floor) == "found":
        step = Step(kind="retrain", text="check the class order and the scores of the lost classes, then retrain")
        return found(because, subject=subject, measure=measure, images=images, step=step)
    step = Step(kind="collect", text="collect and label more objects of the classes that were never answered")
    return unknown(f"{because}; too few to tell", subject=subject, measure=measure, images=images, step=step)
