"""So many models were evaluated on this split that the best of them is partly luck.

Why: of many models compared on the same images the winner's figure is the highest of many draws, not what it will do.

Fix: keep one split for choosing and another, seldom used one for the verdict; collect a fresh one.
"""

from readiness.evidence.evaluation import Evaluation
from readiness.finding import Measure, Outcome, Severity, Step, Subject, clear, found, inapplicable, unknown
from readiness.policy import Policy

SEVERITY = Severity.NOTE


def judge(evaluation: Evaluation, policy: Policy) -> Outcome:
    record, allowed = evaluation.overfit, policy.evaluation.overfit
    if record is None or record.uses is None:
        return inapplicable("evaluations of this split were not counted")
    subject = Subject("split", evaluation.split)
    if record.lift is None:
        return unknown(f"{record.uses} evaluations, of which nobody knows the size", "missing", subject=subject)
    because = (
        f"{record.uses} models were evaluated on '{evaluation.split}': chance alone may lift the best one's recall by"
        f" up to {record.lift:.2f}, {allowed:.2f} is allowed"
    )
    measure = Measure(measured=record.lift, limit=allowed, unit="share", n=record.uses)
    if record.lift <= allowed:
        return clear(because, subject=subject, measure=measure)
    step = Step(kind="collect", text=f"collect a fresh split and judge on that; keep '{evaluation.split}' for choosing")
    return found(because, subject=subject, measure=measure, step=step)
