"""Images show next to nothing.

Why: an image of one colour teaches nothing; many of them come from a covered lens or a failed export.

Fix: look at the named images and remove those that show nothing.
"""

from readiness import listed
from readiness.evidence.dataset import Dataset
from readiness.finding import Outcome, Severity, Step, Subject

SEVERITY = Severity.NOTE


def judge(dataset: Dataset) -> Outcome:
    return listed.judge(
        dataset.listed("image-low-information"),
        "only few different colours",
        unit="images",
        said=("image that shows next to nothing", "images that show next to nothing"),
        of=dataset.images,
        subject=Subject("dataset", dataset.name),
        step=Step(kind="fix", text="remove the images that show nothing"),
    )
