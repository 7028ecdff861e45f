"""The deployed threshold is measurably worse than the recommended one.

Why: at the wrong threshold a good model misses what it has found, or reports what it should have kept to itself, and
no training mends that. It is reported only where the loss stands on images that did not choose the threshold, and the
deployed one lies outside the band in which the best may lie.

Fix: set the recommended threshold in the model card and evaluate at it; where costs or targets differ from
the policy's aim, say them there first.
"""

from collections.abc import Iterator

from readiness.evidence.evaluation import Evaluation
from readiness.evidence.threshold import Aim, Recommendation, Thresholds
from readiness.finding import Measure, Outcome, Severity, Step, Subject, clear, found, inapplicable, unknown

SEVERITY = Severity.WARN


def judge(evaluation: Evaluation) -> Iterator[Outcome]:
    thresholds = evaluation.thresholds
    if evaluation.unit == "pixels":
        yield inapplicable("masks are not cut at a score")
    elif not evaluation.objects:
        yield inapplicable("there is no object to choose a threshold on")
    elif thresholds is None:
        yield unknown("no threshold was recommended; evaluate again", "missing")
    else:
        yield _answer(thresholds, thresholds.overall)
        yield from (_answer(thresholds, one) for one in thresholds.classes if one.objects and not one.pooled)


def _answer(thresholds: Thresholds, one: Recommendation) -> Outcome:
    deployed, aim = thresholds.deployed, thresholds.aim
    subject = Subject("class", one.class_name) if one.class_name else Subject("model", "threshold")
    if one.gain is None or one.gain_lower is None or one.gain_upper is None:
        return unknown(one.because or f"nothing is known of the threshold {deployed:g}", subject=subject)
    measure = Measure(measured=deployed, limit=one.value, unit="confidence", interval=(one.low, one.high))
    outside = one.low is None or one.high is None or not one.low <= deployed <= one.high
    if outside and one.gain_lower > 0:
        text = f"run at {one.value:.3g}" if one.value is not None else "retrain: no threshold keeps the promise yet"
        step = Step(kind="evaluate" if one.value is not None else "retrain", text=text)
        return found(_loss(deployed, aim, one), subject=subject, measure=measure, step=step)
    if aim.promise and one.gain_upper > 0:
        because = f"{aim.kind} at {deployed:g} may or may not reach {aim.target:g}"
        step = Step(kind="collect", text="collect and label more images of it", quota=one.needed)
        return unknown("; ".join(filter(None, (because, one.because))), subject=subject, measure=measure, step=step)
    return clear(f"at {deployed:g} nothing is measurably lost", subject=subject, measure=measure)


def _loss(deployed: float, aim: Aim, one: Recommendation) -> str:
    if aim.promise:
        rate = one.recall_deployed if aim.kind == "recall" else one.precision_deployed
        return f"{aim.kind} at {deployed:g} is at most {rate.upper:.3g} by its bound, the promise is {aim.target:g}"
    what = "F1" if aim.kind == "f1" else "cost an image"
    before, after = (one.f1_deployed, one.f1) if aim.kind == "f1" else (one.cost_deployed, one.cost)
    changes = ((one.missed_change or 0.0, "missed"), (one.false_change or 0.0, "false answers"))
    said = " and ".join(f"{abs(by):,.0f} {'more' if by > 0 else 'fewer'} {name}" for by, name in changes)
    band = "" if one.low is None or one.high is None else f" (best between {one.low:.3g} and {one.high:.3g})"
    return f"{what} {before:.3g} at {deployed:g}, {after:.3g} at {one.value:.3g}{band}: in 1,000 new images {said}"
