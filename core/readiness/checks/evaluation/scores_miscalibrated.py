"""Scores do not say how often answers are right.

Why: whoever sets a threshold, ranks answers or watches confidence in production takes a score of 0.8 for four right
answers in five; where it is two in five, thresholds promise what they do not hold. Uncalibrated networks commonly err
by 0.05 to 0.15 (Guo et al. 2017), which is allowed.

Fix: fit a temperature or an isotonic map on a split that this one shares no image with, or choose thresholds by counted
recall and precision and not by score; where boxes are spoilt (boxes-misplaced) mend these first.
"""

from collections.abc import Iterator

from readiness.bounds import against_budget
from readiness.evidence.evaluation import Evaluation
from readiness.evidence.explanation import Calibration
from readiness.finding import Measure, Outcome, Severity, Step, Subject, clear, found, inapplicable, unknown
from readiness.policy import Policy

SEVERITY = Severity.MONITOR


def judge(evaluation: Evaluation, policy: Policy) -> Iterator[Outcome]:
    """Judge all answers together; a class speaks up where it is far off and the whole is not."""
    explanation, limit = evaluation.explanation, policy.evaluation.calibration
    subject = Subject("split", evaluation.split)
    if evaluation.unit == "pixels":
        yield inapplicable("masks of classes carry no scores")
        return
    if explanation is None:
        yield unknown("scores were not held against what is right", "missing", subject=subject)
        return
    whole = next((one for one in explanation.calibration if not one.class_name), None)
    if whole is None or not whole.n:
        yield inapplicable("no answer at the threshold has a score that could be a share")
        return
    answer = _answer(whole, limit, subject)
    yield answer
    if answer.kind != "found":
        for one in explanation.calibration:
            of_class = _answer(one, limit, Subject("class", one.class_name))
            if one.class_name and of_class.kind == "found":
                yield of_class


def _answer(one: Calibration, limit: float, subject: Subject) -> Outcome:
    if one.error is None or one.lower is None or one.upper is None:
        return unknown(f"{one.n} answers at the threshold are too few, or of too few images, to tell", subject=subject)
    said = sum(part.score * part.right.n for part in one.bins) / one.n
    right = sum(part.right.hits for part in one.bins)
    of = f" of '{one.class_name}'" if one.class_name else ""
    because = (
        f"{right} of {one.n} answers{of} from a score of {one.floor:g} are right, {right / one.n:.0%}, their mean score"
        f" says {said:.0%}; over bins of score the two differ by {one.error:.2f} ({one.lower:.2f} to {one.upper:.2f},"
        f" {limit:g} allowed)"
    )
    measure = Measure(measured=one.error, limit=limit, unit="share", interval=(one.lower, one.upper), n=one.n)
    answer = against_budget(one.lower, one.upper, limit)
    if answer == "clear":
        return clear(because, subject=subject, measure=measure)
    if answer == "undecided":
        return unknown(because, subject=subject, measure=measure)
    step = Step(kind="fix", text="calibrate the scores on another split, or set thresholds by counted rates alone")
    return found(because, subject=subject, measure=measure, step=step)
