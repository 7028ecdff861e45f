"""The camera's notes in the file (EXIF) ask for images to be turned before they are shown.

Why: some libraries turn such an image when they decode it and others do not, so that labels, training and the device
may each mean another picture.

Fix: store the named images upright and without the EXIF mark, with labels made for what is stored then.
"""

from readiness import listed
from readiness.evidence.dataset import Dataset
from readiness.finding import Outcome, Severity, Step, Subject

SEVERITY = Severity.WARN


def judge(dataset: Dataset) -> Outcome:
    return listed.judge(
        dataset.listed("image-exif-rotated"),
        "upright or not, depending on the library that reads the file",
        unit="images turned by EXIF",
        of=dataset.images,
        subject=Subject("dataset", dataset.name),
        step=Step(kind="fix", text="store the images upright, without the EXIF orientation"),
    )
