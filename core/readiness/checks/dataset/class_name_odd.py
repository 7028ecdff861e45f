"""Names of classes are no names.

Why: an empty name, an unseen sign, a number or a path among words is mostly an export that went wrong; cards, reports
and matching by name break on it.

Fix: give the named classes their names, and check what was labelled with them.
"""

from readiness import listed
from readiness.evidence.dataset import Dataset
from readiness.finding import Outcome, Severity, Step, Subject

SEVERITY = Severity.WARN


def judge(dataset: Dataset) -> Outcome:
    return listed.judge(
        dataset.listed("class-name-odd"),
        "empty, with unseen signs, or a number or path among words",
        unit="odd class names",
        subject=Subject("dataset", dataset.name),
        step=Step(kind="fix", text="name the classes whose names are none"),
    )
