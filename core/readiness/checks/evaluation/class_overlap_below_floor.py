"""The regions of a class cover the true ones too little.

Why: recall and precision of pixels may each pass while the outline is wrong on both sides; the overlap counts both, and
what is measured, cut out or driven on by such a region is off.

Fix: look at the worst images of both kinds, correct their masks or add such scenes to the training data, and retrain.
"""

from collections.abc import Iterator

from readiness.evidence.evaluation import Evaluation
from readiness.finding import Outcome, Severity, Step, Subject, by_floor, inapplicable, unknown
from readiness.policy import Policy

SEVERITY = Severity.RETRAIN


def judge(evaluation: Evaluation, policy: Policy) -> Iterator[Outcome]:
    if evaluation.unit != "pixels":
        yield inapplicable("the answers are no masks of classes")
        return
    present = [result for result in evaluation.classes if result.objects]
    for result in present:
        subject, shared = Subject("class", result.name), result.overlap
        if not shared.n:
            yield unknown("no overlap was measured", "missing", subject=subject)
            continue
        yield by_floor(
            shared,
            policy.overlap_floor(result.name),
            f"{shared.hits} of {shared.n} pixels that truth or answer give to '{result.name}' are in both, IoU",
            subject=subject,
            images=tuple(dict.fromkeys((*result.missed_images, *result.false_images))),
            improve=Step(kind="retrain", text="add images like the worst of these classes, then retrain"),
            collect=Step(kind="collect", text=f"collect and label more images of the class in '{evaluation.split}'"),
            brought=result.images,
        )
    if not present:
        yield inapplicable("no class has a pixel to find")
