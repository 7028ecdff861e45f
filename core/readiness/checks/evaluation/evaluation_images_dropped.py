"""Images were left out of the evaluation, or are not in the dataset at all.

Why: a tool that drops the images it stumbles over makes the model look better than it is.

Fix: predict every image of the split, with the ids of this dataset version, and evaluate again.
"""

from readiness.evidence.evaluation import Evaluation
from readiness.finding import Measure, Outcome, Severity, Step, Subject, clear, found, unknown

SEVERITY = Severity.BLOCK
SHOWN = 3


def judge(evaluation: Evaluation) -> Outcome:
    silent, foreign = evaluation.images - evaluation.images_predicted, evaluation.foreign_images
    subject = Subject("split", evaluation.split)
    measure = Measure(measured=evaluation.images_predicted, limit=evaluation.images, unit="images")
    step = Step(kind="evaluate", text=f"predict every image of '{evaluation.split}' and evaluate again")
    if foreign:
        because = f"predicted images that are not in the dataset: {foreign}"
        return found(because, subject=subject, measure=measure, step=step)
    if silent and evaluation.images_listed:
        because = f"{silent} of {evaluation.images} images were not run{_named(evaluation)}"
        images = evaluation.silent
        return found(because, subject=subject, measure=measure, images=images, images_total=silent, step=step)
    if silent:
        because = (
            f"{silent} of {evaluation.images} images have no prediction, and no run record says that they were run"
            f"{_named(evaluation)}"
        )
        return unknown(because, subject=subject, measure=measure, images=evaluation.silent, step=step)
    return clear(f"all {evaluation.images} images were run", subject=subject, measure=measure)


def _named(evaluation: Evaluation) -> str:
    shown = ", ".join(evaluation.silent[:SHOWN])
    return f": {shown}{', …' if len(evaluation.silent) > SHOWN else ''}" if shown else ""
