"""Objects are found too seldom in one slice, such as in poor light.

Why: a good average over bright test images says nothing about the night shift.

Fix: add training images of this slice and retrain; collect test images of it if undecided.
"""

from collections.abc import Iterator

from readiness.bounds import against_floor
from readiness.evidence.evaluation import Evaluation, SliceResult
from readiness.finding import Outcome, Severity, Step, Subject, by_floor, inapplicable
from readiness.policy import Policy

SEVERITY = Severity.RETRAIN


def judge(evaluation: Evaluation, policy: Policy) -> Iterator[Outcome]:
    for result in evaluation.slices:
        yield _judge(result, evaluation, policy)
    if not evaluation.slices:
        yield inapplicable("the evaluation was not cut into slices")


def _judge(result: SliceResult, evaluation: Evaluation, policy: Policy) -> Outcome:
    """Judge one slice; a thin one may be found weak, but is left open only where the policy calls it critical."""
    rate, floor, enough = result.recall, policy.evaluation.slice_recall, policy.evaluation.slice_objects
    pixels = evaluation.unit == "pixels"
    held, what = (result.images, "images") if pixels else (result.objects, "objects")
    thin = held < enough and not policy.is_critical(result.name)
    if thin and against_floor(rate.lower, rate.upper, floor) == "undecided":
        return inapplicable(f"'{result.name}' holds {held} {what}, {enough} are needed to judge a slice")
    return by_floor(
        rate,
        floor,
        f"{rate.hits} of {rate.n} {evaluation.unit} in '{result.name}' were found, recall",
        subject=Subject("slice", result.name),
        images=result.missed_images,
        improve=Step(kind="retrain", text="add training images of these slices, then retrain"),
        collect=Step(kind="collect", text=f"collect and label more images of the slice in '{evaluation.split}'"),
        brought=result.images if pixels else None,
    )
