"""A class is taken for one other class.

Why: two classes that a model cannot tell apart are one fault with one cure; an average over classes spreads it thin.

Fix: look at the images of the pair: labels of one kind under two names are a matter of labelling; where the classes
differ, add training images that show the difference, or merge them where nobody needs it.
"""

from collections.abc import Iterator

from readiness.bounds import against_budget
from readiness.evidence.evaluation import Evaluation
from readiness.evidence.explanation import Mistaken
from readiness.finding import Outcome, Severity, Step, Subject, clear, found, inapplicable, rate_measure, unknown
from readiness.policy import Policy

_ROUNDING = 1e-9
SEVERITY = Severity.MONITOR


def judge(evaluation: Evaluation, policy: Policy) -> Iterator[Outcome]:
    """Name every pair that is over the limit, for sure or by its count; the rest have one answer together."""
    explanation, limit = evaluation.explanation, policy.evaluation.confused
    split = Subject("split", evaluation.split)
    if evaluation.unit == "pixels":
        yield inapplicable("pixels along an outline are taken for the other side; overlap judges them")
        return
    if explanation is None:
        yield unknown("answers of other classes were not counted", "missing", subject=split)
        return
    if len(evaluation.classes) < 2 or not explanation.mistaken:
        yield inapplicable("there are no two classes to be taken for each other")
        return
    over = [one for one in explanation.mistaken if (one.share.value or 0.0) > limit]
    yield from (_pair(one, limit) for one in over)
    rest = [one for one in explanation.mistaken if one not in over]
    open_ = [one for one in rest if against_budget(one.share.lower, one.share.upper, limit) != "clear"]
    if open_:
        most = max(one.share.n for one in open_)
        because = (
            f"{len(open_)} classes, of {most} objects at most, could still be taken for another: {limit:.0%} allowed"
        )
        yield unknown(because, subject=split)
    elif rest:
        yield clear(f"none of {len(rest)} classes is taken for one other in over {limit:.0%}", subject=split)


def _pair(one: Mistaken, limit: float) -> Outcome:
    share = one.share
    because = (
        f"{share.hits} of {share.n} objects of '{one.truth}' are answered as '{one.answer}', {share.value:.0%}"
        f" ({share.lower:.0%} to {share.upper:.0%}, {limit:.0%} allowed)"
    )
    subject, measure = Subject("class", one.truth), rate_measure(share, limit)
    # A single object that is taken for another is at the limit but for rounding.
    if share.lower > limit + _ROUNDING:
        step = Step(kind="retrain", text=f"add images that tell '{one.truth}' from '{one.answer}', then retrain")
        return found(because, subject=subject, measure=measure, images=one.images, step=step)
    step = Step(kind="collect", text=f"collect and label more objects of '{one.truth}'")
    return unknown(because, subject=subject, measure=measure, images=one.images, step=step)
