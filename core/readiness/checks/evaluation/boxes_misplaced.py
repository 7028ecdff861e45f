"""The classes are right, the boxes are not.

Why: an object that is seen but put in the wrong place is counted, gripped or cropped wrongly; a broken conversion or
quantisation often spoils the boxes alone and leaves the scores as they were.

Fix: compare the model with the one it was made from on a few images; keep the box outputs in float when quantising,
check the card's decoder and resize, then predict and evaluate again.
"""

from readiness.bounds import against_budget
from readiness.evidence.evaluation import Evaluation
from readiness.finding import Outcome, Severity, Step, Subject, clear, found, inapplicable, rate_measure, unknown
from readiness.policy import Policy

SEVERITY = Severity.RETRAIN


def judge(evaluation: Evaluation, policy: Policy) -> Outcome:
    if evaluation.task == "classification":
        return inapplicable("a classifier draws no boxes")
    if evaluation.unit == "pixels":
        return inapplicable("masks of classes hold no boxes")
    share, limit = evaluation.misplaced, policy.evaluation.misplaced
    subject, measure = Subject("split", evaluation.split), rate_measure(share, limit)
    because = (
        f"{share.hits} of {share.n} answers of the right class miss their object's box by IoU {evaluation.iou:g}"
        f" ({share.lower:.0%} to {share.upper:.0%}, {limit:.0%} allowed)"
    )
    answer = against_budget(share.lower, share.upper, limit)
    if answer == "clear":
        return clear(because, subject=subject, measure=measure)
    if answer == "found":
        step = Step(kind="fix", text="repair the conversion, quantisation or card that spoils the boxes; predict again")
        return found(f"{because}: classes are right, boxes are not", subject=subject, measure=measure, step=step)
    step = Step(kind="collect", text=f"collect and label more objects in '{evaluation.split}'")
    return unknown(because, subject=subject, measure=measure, step=step)
