"""The model answers next to nothing on the frames of the device.

Why: a camera that shows nothing, a wrong card or a broken conversion all look fast and light in a benchmark.

Fix: look at the frames; capture ones that show the objects, or correct the card's input and output.
"""

from readiness.bounds import against_budget
from readiness.evidence.benchmark import Benchmark
from readiness.finding import Outcome, Severity, Step, Subject, clear, found, rate_measure, unknown
from readiness.policy import Policy

SEVERITY = Severity.WARN
_CAPTURE = Step(kind="benchmark", text="capture frames that show the objects, and benchmark on them")


def judge(benchmark: Benchmark, policy: Policy) -> Outcome:
    said, limit, subject = benchmark.confidence, policy.benchmark.empty, Subject("evidence", "frames")
    if said is None or said.empty is None or said.frames <= 0:
        return unknown("the benchmark kept no answers", "missing", subject=subject)
    empty = said.empty
    measure = rate_measure(empty, limit)
    because = f"{said.empty_frames} of {said.frames} frames without an answer at the card's confidence"
    if said.empty_frames >= said.frames:
        return found(because, subject=subject, measure=measure, step=_CAPTURE)
    because = f"{because}: {empty.lower:.0%} to {empty.upper:.0%}, {limit:.0%} allowed"
    answer = against_budget(empty.lower, empty.upper, limit)
    if answer == "clear":
        return clear(because, subject=subject, measure=measure)
    if answer == "found":
        return found(because, subject=subject, measure=measure, step=_CAPTURE)
    return unknown(because, subject=subject, measure=measure, step=_CAPTURE)
