"""A model is sure of another class than the label says.

Why: a label under the wrong class teaches the mistake, and scores the right answer as wrong twice over.

Fix: look at the named labels, the most doubtful first, and correct the class where the model is right.
"""

from readiness import listed
from readiness.evidence.dataset import Dataset
from readiness.finding import Outcome, Severity, Step, Subject, inapplicable

SEVERITY = Severity.NOTE


def judge(dataset: Dataset) -> Outcome:
    if not dataset.predictions:
        return inapplicable("no predictions were at hand")
    return listed.judge(
        dataset.listed("label-suspect-class"),
        "a sure answer names another class",
        unit="suspected labels",
        subject=Subject("dataset", dataset.name),
        step=Step(kind="label", text="correct the class of the suspected labels"),
    )
