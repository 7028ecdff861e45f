"""Image files end early or are damaged inside.

Why: some libraries fill the missing part with grey without a word, others refuse the file: training sees half a picture
under whole labels, or skips it.

Fix: fetch the named files from their source again, or remove them and their labels.
"""

from readiness import listed
from readiness.evidence.dataset import Dataset
from readiness.finding import Outcome, Severity, Step, Subject

SEVERITY = Severity.WARN


def judge(dataset: Dataset) -> Outcome:
    return listed.judge(
        dataset.listed("image-truncated"),
        "bytes are missing, which some decoders fill in and others refuse",
        unit="truncated images",
        of=dataset.images,
        subject=Subject("dataset", dataset.name),
        step=Step(kind="fix", text="fetch the damaged images again, or remove them"),
    )
