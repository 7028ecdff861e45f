"""Images are so dark that little can be seen.

Why: labels on what nobody can see teach noise, and a score on such images says little about the model.

Fix: look at the named images; leave out those where the objects cannot be told, keep them if the site is as dark.
"""

from readiness import listed
from readiness.evidence.dataset import Dataset
from readiness.finding import Outcome, Severity, Step, Subject

SEVERITY = Severity.NOTE


def judge(dataset: Dataset) -> Outcome:
    return listed.judge(
        dataset.listed("image-dark"),
        "hardly anything reflects light",
        unit="dark images",
        of=dataset.images,
        subject=Subject("dataset", dataset.name),
        step=Step(kind="fix", text="look at the dark images and leave out what cannot be told"),
    )
