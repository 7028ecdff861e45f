"""The label file gives another image size than the image has.

Why: boxes were drawn on an image of that other size, or of its sides swapped, so that they lie beside the objects: a
model trained or judged on them learns and shows nothing.

Fix: put back the images that were labelled, or scale the labels to the images that are there.
"""

from readiness import listed
from readiness.evidence.dataset import Dataset
from readiness.finding import Outcome, Severity, Step, Subject

SEVERITY = Severity.BLOCK


def judge(dataset: Dataset) -> Outcome:
    return listed.judge(
        dataset.listed("image-size-differs"),
        "labelled at another size than the file has",
        unit="images of another size",
        of=dataset.images,
        subject=Subject("dataset", dataset.name),
        step=Step(kind="fix", text="put back the labelled images, or scale the labels"),
    )
