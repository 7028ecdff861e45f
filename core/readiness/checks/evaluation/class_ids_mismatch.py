"""The class ids of the predictions are not those of the truth.

Why: a model whose answers carry the wrong names reads as useless, or worse, as good at the wrong thing; COCO's ids with
gaps and counted ones are mixed up most often.

Fix: write the category ids or names of this dataset into the predictions, or correct the order of classes in the card.
"""

from readiness import id_fits
from readiness.evidence.evaluation import Evaluation
from readiness.finding import Outcome, Severity, Step, inapplicable

SEVERITY = Severity.BLOCK


def judge(evaluation: Evaluation) -> Outcome:
    if evaluation.unit == "pixels" or (len(evaluation.classes) < 2 and not evaluation.foreign_classes):
        return inapplicable("there is one class, or masks are compared")
    step = Step(kind="fix", text="write the dataset's own class ids into the predictions, or correct the card's order")
    return id_fits.judge(evaluation.class_ids, "name their object's class", step)
