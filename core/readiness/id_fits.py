"""Whether the ids of answers mean what the truth means by them, as an answer of a check."""

from readiness.evidence.evaluation import IdFit
from readiness.finding import Measure, Outcome, Step, Subject, clear, found, unknown

ENOUGH = 10
EVALUATE = Step(kind="evaluate", text="evaluate again with this release, on a split with more objects")


def judge(fit: IdFit | None, what: str, step: Step) -> Outcome:
    """Answer from how answers agree as ids stand and as they might be meant; `what` says what agreeing answers do."""
    subject = Subject("evidence", "evaluation")
    if fit is None:
        return unknown("not measured: whether ids fit the truth", "missing", subject=subject, step=EVALUATE)
    measure = Measure(measured=fit.agree, limit=fit.better, unit="answers", n=fit.n)
    claim = f"{fit.agree} of {fit.n} sure answers {what}"
    if fit.by:
        shown = "; ".join(f"'{said}' seems to mean '{meant}'" for said, meant in fit.examples)
        because = f"{claim} as the ids stand, {fit.better} if they are read as {fit.by}: {shown}"
        return found(because, subject=subject, measure=measure, step=step)
    if fit.n < ENOUGH and 2 * fit.agree < fit.n:
        because = f"{claim}: too few to tell whether the ids fit"
        return unknown(because, subject=subject, measure=measure, step=EVALUATE)
    return clear(f"{claim}; no other reading fits far better", subject=subject, measure=measure)
