"""Images are blurred.

Why: motion, focus or enlargement took the fine detail; a model learns blurred objects from them, and its score on them
is not the one on sharp frames.

Fix: look at the named images; leave them out, or keep them if the device's frames are as blurred.
"""

from readiness import listed
from readiness.evidence.dataset import Dataset
from readiness.finding import Outcome, Severity, Step, Subject

SEVERITY = Severity.NOTE


def judge(dataset: Dataset) -> Outcome:
    return listed.judge(
        dataset.listed("image-blurry"),
        "without any fine detail",
        unit="blurred images",
        of=dataset.images,
        subject=Subject("dataset", dataset.name),
        step=Step(kind="fix", text="look at the blurred images and leave out those unlike the device's frames"),
    )
