"""The model does better here than on a split that nobody looked at.

Why: thresholds, epochs and models chosen on a split fit its quirks; what it says is then better than new images will.

Fix: judge and release by the untouched split, choose on this one only, and collect a fresh one when it wears out.
"""

from collections.abc import Iterator

from readiness.bounds import against_budget
from readiness.evidence.evaluation import Evaluation
from readiness.finding import Measure, Outcome, Severity, Step, Subject, clear, found, inapplicable, unknown
from readiness.policy import Policy

SEVERITY = Severity.WARN


def judge(evaluation: Evaluation, policy: Policy) -> Iterator[Outcome]:
    record = evaluation.overfit
    gaps = [gap for gap in record.gaps if gap.against == "split"] if record is not None else []
    if record is None or not gaps:
        yield inapplicable("no untouched split was evaluated beside this one")
        return
    allowed = policy.evaluation.overfit
    for gap in gaps:
        subject = Subject("split", evaluation.split)
        measure = Measure(
            measured=gap.difference, limit=allowed, unit="share", interval=(gap.lower, gap.upper), n=gap.here.n
        )
        because = (
            f"{gap.name} is {gap.here.value or 0:.2f} here and {gap.there.value or 0:.2f} on '{record.other}',"
            f" {gap.lower:+.2f} to {gap.upper:+.2f}; {allowed:.2f} more here is allowed"
        )
        answer = against_budget(gap.lower, gap.upper, allowed)
        if answer == "clear":
            yield clear(because, subject=subject, measure=measure)
        elif answer == "found":
            step = Step(kind="evaluate", text=f"judge the model on '{record.other}', which was not chosen on")
            yield found(because, subject=subject, measure=measure, step=step)
        else:
            step = Step(kind="collect", text=f"collect and label more objects in '{record.other}'")
            yield unknown(because, subject=subject, measure=measure, step=step)
