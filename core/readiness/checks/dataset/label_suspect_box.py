"""A model is sure of an object but sees it in another place than its box.

Why: a box that misses its object's outline caps the overlap that any answer can reach, however good the model.

Fix: look at the named boxes, the most doubtful first, and draw again those that do not fit.
"""

from readiness import listed
from readiness.evidence.dataset import Dataset
from readiness.finding import Outcome, Severity, Step, Subject, inapplicable

SEVERITY = Severity.NOTE


def judge(dataset: Dataset) -> Outcome:
    if not dataset.predictions:
        return inapplicable("no predictions were at hand")
    if dataset.task == "classification":
        return inapplicable("a classifier's data has no boxes")
    return listed.judge(
        dataset.listed("label-suspect-box"),
        "a sure answer of the class lies beside the box",
        unit="suspected boxes",
        subject=Subject("dataset", dataset.name),
        step=Step(kind="label", text="draw the badly placed boxes again"),
    )
