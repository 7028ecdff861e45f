"""Images that stand in the training split too lift the figures.

Why: a model knows its training images by heart; with their copies in the test it looks better than it is.

Fix: split by source image and recording, evaluate again without the leaked images, and retrain on the new split.
"""

from collections.abc import Iterator

from readiness.bounds import against_budget
from readiness.evidence.evaluation import Evaluation
from readiness.evidence.overfit import Gap, Overfit
from readiness.finding import Measure, Outcome, Severity, Step, Subject, clear, found, inapplicable, unknown
from readiness.policy import Policy

SEVERITY = Severity.WARN


def judge(evaluation: Evaluation, policy: Policy) -> Iterator[Outcome]:
    record = evaluation.overfit
    subject = Subject("split", evaluation.split)
    if record is None or record.leaked_images is None:
        # The dataset's own checks for images, sources and recordings in two splits block for lack of their evidence.
        yield inapplicable("leaked images were not looked for: the evaluated dataset has no training split")
    elif not record.leaked_images:
        yield clear(f"no image of '{evaluation.split}' is known to stand in the training split", subject=subject)
    else:
        gaps = [gap for gap in record.gaps if gap.against == "unleaked"]
        yield from (_judged(gap, record, policy.evaluation.overfit, subject) for gap in gaps)
        if not gaps:
            yield unknown("no figure was taken without the leaked images", "missing", subject=subject)


def _judged(gap: Gap, record: Overfit, allowed: float, subject: Subject) -> Outcome:
    images, step = record.leaked_examples, Step(kind="fix", text="take the leaked images out, then evaluate again")
    if gap.there.value is None:
        because = f"{gap.name}: all {gap.here.n} trials lie in images that stand in the training split too"
        return unknown(because, "missing", subject=subject, images=images, step=step)
    measure = Measure(
        measured=gap.difference, limit=allowed, unit="share", interval=(gap.lower, gap.upper), n=gap.here.n
    )
    because = (
        f"{gap.name} is {gap.here.value or 0:.2f}, and {gap.there.value:.2f} without {record.leaked_images} images that"
        f" stand in the training split too, {gap.lower:+.2f} to {gap.upper:+.2f}; {allowed:.2f} is allowed"
    )
    answer = against_budget(gap.lower, gap.upper, allowed)
    if answer == "clear":
        return clear(because, subject=subject, measure=measure)
    if answer == "found":
        total = record.leaked_images or 0
        return found(because, subject=subject, measure=measure, images=images, images_total=total, step=step)
    return unknown(because, subject=subject, measure=measure, images=images, step=step)
