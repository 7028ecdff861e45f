"""The dataset's own file names split folders that do not exist, or one folder for two splits.

Why: every trainer resolves such paths in its own way, so two people may train on different images; and a split that
is another one proves nothing.

Fix: write the paths relative to the file itself, as train/images instead of ../train/images, and each for one split.
"""

from readiness import listed
from readiness.evidence.dataset import Dataset
from readiness.finding import Outcome, Severity, Step, Subject

SEVERITY = Severity.NOTE


def judge(dataset: Dataset) -> Outcome:
    return listed.judge(
        dataset.listed("split-path-broken"),
        "the declared folder is not there, or is another split's",
        unit="broken paths",
        subject=Subject("dataset", dataset.name),
        step=Step(kind="fix", text="correct the split paths in the dataset's own file"),
    )
