"""The image ids of the predictions are not those of the truth.

Why: answers that are held against another image read as a model that finds nothing.

Fix: write the image ids or file names of this dataset version into the predictions, and evaluate again.
"""

from readiness import id_fits
from readiness.evidence.evaluation import Evaluation
from readiness.finding import Outcome, Severity, Step, inapplicable

SEVERITY = Severity.BLOCK


def judge(evaluation: Evaluation) -> Outcome:
    if evaluation.task == "classification" or evaluation.unit == "pixels":
        return inapplicable("the answers have no place in the image by which to tell")
    step = Step(kind="fix", text="write the dataset's own image ids into the predictions")
    return id_fits.judge(evaluation.image_ids, "lie on an object of their class", step)
