"""Images are so bright that little can be seen.

Why: overexposed objects have lost their colour and texture; labels on them teach noise.

Fix: look at the named images; leave out those where the objects cannot be told, mend the exposure of the camera.
"""

from readiness import listed
from readiness.evidence.dataset import Dataset
from readiness.finding import Outcome, Severity, Step, Subject

SEVERITY = Severity.NOTE


def judge(dataset: Dataset) -> Outcome:
    return listed.judge(
        dataset.listed("image-bright"),
        "nearly white for the most part",
        unit="bright images",
        of=dataset.images,
        subject=Subject("dataset", dataset.name),
        step=Step(kind="fix", text="look at the bright images and leave out what cannot be told"),
    )
