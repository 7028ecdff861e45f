"""Images are far larger or smaller than the rest, or tiny.

Why: resized to the model's input, their objects have another size and sharpness than all others; often they are
thumbnails or strays of another source.

Fix: find out where the named images come from; bring the originals, or leave them out.
"""

from readiness import listed
from readiness.evidence.dataset import Dataset
from readiness.finding import Outcome, Severity, Step, Subject

SEVERITY = Severity.NOTE


def judge(dataset: Dataset) -> Outcome:
    return listed.judge(
        dataset.listed("image-size-odd"),
        "far from the usual size",
        unit="images of an odd size",
        of=dataset.images,
        subject=Subject("dataset", dataset.name),
        step=Step(kind="fix", text="bring the originals of the images of odd size, or leave them out"),
    )
