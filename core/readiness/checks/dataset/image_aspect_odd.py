"""Images are very long and narrow.

Why: resized to the model's input they are squeezed, or mostly padding, and their objects shrink to nothing.

Fix: cut the named images into parts of the usual shape, or leave them out.
"""

from readiness import listed
from readiness.evidence.dataset import Dataset
from readiness.finding import Outcome, Severity, Step, Subject

SEVERITY = Severity.NOTE


def judge(dataset: Dataset) -> Outcome:
    return listed.judge(
        dataset.listed("image-aspect-odd"),
        "the shorter side is under 35 % of the longer",
        unit="long and narrow images",
        of=dataset.images,
        subject=Subject("dataset", dataset.name),
        step=Step(kind="fix", text="cut the long images into parts, or leave them out"),
    )
