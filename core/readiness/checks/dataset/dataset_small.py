"""The dataset has few images.

Why: a few images show a few scenes, so a good score on them may not hold on the next day or site.

Fix: capture and label more frames on the site, in the light and at the distances of real use.
"""

from readiness.evidence.dataset import Dataset
from readiness.finding import Measure, Outcome, Severity, Step, Subject, clear, found
from readiness.listed import counted
from readiness.policy import Policy

SEVERITY = Severity.MONITOR


def judge(dataset: Dataset, policy: Policy) -> Outcome:
    limit = policy.dataset.images
    subject = Subject("dataset", dataset.name)
    measure = Measure(measured=dataset.images, limit=limit, unit="images", n=dataset.images)
    because = f"{counted(dataset.images, 'images')}, {limit:,} wanted"
    if dataset.images >= limit:
        return clear(because, subject=subject, measure=measure)
    step = Step(kind="collect", text="collect more images on the site", quota=limit - dataset.images)
    return found(because, subject=subject, measure=measure, step=step)
