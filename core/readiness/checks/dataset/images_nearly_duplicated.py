"""Nearly equal images stand more than once in one split.

Why: frames of a still scene and re-saved copies add little to learn from and make a split look larger than it is.

Fix: thin out what the camera saw twice; copies made on purpose are fine within train.
"""

from readiness import listed
from readiness.evidence.dataset import Dataset
from readiness.finding import Outcome, Severity, Step, Subject

SEVERITY = Severity.NOTE


def judge(dataset: Dataset) -> Outcome:
    return listed.judge(
        dataset.listed("images-nearly-duplicated"),
        "nearly equal pictures again",
        unit="pictures",
        said=("nearly repeated picture", "nearly repeated pictures"),
        subject=Subject("dataset", dataset.name),
        step=Step(kind="fix", text="keep one of each set of nearly equal images, unless they were made on purpose"),
    )
