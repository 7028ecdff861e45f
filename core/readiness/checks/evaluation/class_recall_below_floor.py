"""A class is found too seldom.

Why: what the model misses of this class nobody downstream sees; an average over classes hides it.

Fix: look at the missed images, add such objects to the training data, and retrain; collect test objects if undecided.
"""

from collections.abc import Iterator

from readiness.evidence.evaluation import Evaluation
from readiness.finding import Outcome, Severity, Step, Subject, by_floor, inapplicable
from readiness.policy import Policy

SEVERITY = Severity.RETRAIN


def judge(evaluation: Evaluation, policy: Policy) -> Iterator[Outcome]:
    measured = [result for result in evaluation.classes if result.objects]
    what = "objects" if evaluation.unit == "objects" else "images"
    for result in measured:
        yield by_floor(
            result.recall,
            policy.recall_floor(result.name),
            f"{result.recall.hits} of {result.recall.n} {evaluation.unit} of '{result.name}' were found, recall",
            subject=Subject("class", result.name),
            images=result.missed_images,
            improve=Step(kind="retrain", text="add training objects like the missed ones, then retrain"),
            collect=Step(kind="collect", text=f"collect and label more {what} of the class in '{evaluation.split}'"),
            brought=result.images if evaluation.unit == "pixels" else None,
        )
    if not measured:
        yield inapplicable("no class has an object to find")
