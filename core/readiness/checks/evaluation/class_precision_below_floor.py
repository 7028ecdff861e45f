"""Too many answers of a class are false.

Why: each false answer costs somebody's attention or stops a line, and soon nobody heeds the true ones.

Fix: look at the false images, add such scenes to the training data, and retrain. Where recall is
well above its floor, a higher confidence may do: evaluate at it.
"""

from collections.abc import Iterator

from readiness.evidence.evaluation import Evaluation
from readiness.finding import Outcome, Severity, Step, Subject, by_floor, inapplicable
from readiness.policy import Policy

SEVERITY = Severity.RETRAIN


def judge(evaluation: Evaluation, policy: Policy) -> Iterator[Outcome]:
    measured = [result for result in evaluation.classes if result.precision.n]
    said = "answers" if evaluation.unit == "objects" else "pixels answered"
    for result in measured:
        yield by_floor(
            result.precision,
            policy.precision_floor(result.name),
            f"{result.precision.hits} of {result.precision.n} {said} '{result.name}' are right, precision",
            subject=Subject("class", result.name),
            images=result.false_images,
            improve=Step(kind="retrain", text="add scenes like the false answers, then retrain"),
            collect=Step(kind="collect", text=f"collect and label more images of the class in '{evaluation.split}'"),
            brought=result.images if evaluation.unit == "pixels" else None,
        )
    if not measured:
        yield inapplicable("nothing was answered at this threshold")
