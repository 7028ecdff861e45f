"""Not every picture was compared with every other.

Why: a search for copies that is bounded in time may miss one, so that "no copies found" says less than it seems to.

Fix: nothing has to be done; to be certain, scan a part of the dataset for itself, such as one class with val and test.
"""

from readiness import listed
from readiness.evidence.dataset import Dataset
from readiness.finding import Outcome, Severity, Step, Subject

SEVERITY = Severity.NOTE


def judge(dataset: Dataset) -> Outcome:
    return listed.judge(
        dataset.listed("images-not-all-compared"),
        "not every image was compared with every other",
        unit="bounds",
        said=("limit to the search for copies", "limits to the search for copies"),
        subject=Subject("dataset", dataset.name),
        step=Step(kind="scan", text="scan a part of the dataset for itself to be certain"),
    )
