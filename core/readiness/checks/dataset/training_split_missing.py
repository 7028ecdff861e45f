"""The dataset version holds no training images.

Why: without them nobody can tell whether the model saw its test images, so no leak was ever looked for.

Fix: scan the whole version, with the split that the model was trained on.
"""

from readiness.evidence.dataset import Dataset
from readiness.finding import Measure, Outcome, Severity, Step, Subject, clear, found
from readiness.listed import counted

SEVERITY = Severity.BLOCK
NAMES = frozenset({"train", "training"})


def judge(dataset: Dataset) -> Outcome:
    images = sum(split.images for split in dataset.splits if split.name.lower() in NAMES)
    subject = Subject("dataset", dataset.name)
    measure = Measure(measured=images, limit=1, unit="images", n=images)
    if images:
        return clear(counted(images, "training images"), subject=subject, measure=measure)
    there = ", ".join(split.name for split in dataset.splits) or "none"
    step = Step(kind="scan", text="scan the version with its training split")
    return found(f"no training split; the splits are {there}", subject=subject, measure=measure, step=step)
