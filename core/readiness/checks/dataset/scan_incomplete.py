"""The scan was cut short before it had looked at every image.

Why: what stands in the images that were not looked at is not known, so nothing found there is no news at all.

Fix: run the same scan again; it goes on where it stopped.
"""

from readiness.evidence.dataset import Dataset
from readiness.finding import Measure, Outcome, Severity, Subject, clear, found
from readiness.listed import RESCAN, counted

SEVERITY = Severity.BLOCK


def judge(dataset: Dataset) -> Outcome:
    subject = Subject("dataset", dataset.name)
    measure = Measure(measured=dataset.viewed, limit=dataset.images, unit="images", n=dataset.images)
    because = f"looked at {dataset.viewed:,} of {counted(dataset.images, 'images')}"
    if dataset.viewed >= dataset.images:
        return clear(because, subject=subject, measure=measure)
    return found(because, subject=subject, measure=measure, step=RESCAN)
