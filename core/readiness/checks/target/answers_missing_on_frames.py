"""The model answers nothing on the frames of the device.

Why: a camera that shows nothing, a wrong card or a broken conversion all look fast and light in a benchmark.

Fix: look at the frames; capture ones that show the objects, or correct the card's input and output.
"""

from readiness.evidence.benchmark import Benchmark
from readiness.finding import Measure, Outcome, Severity, Step, Subject, clear, found, unknown

SEVERITY = Severity.WARN


def judge(benchmark: Benchmark) -> Outcome:
    said, subject = benchmark.confidence, Subject("evidence", "frames")
    if said is None or said.frames <= 0:
        return unknown("the benchmark kept no answers", "missing", subject=subject)
    measure = Measure(measured=said.empty_frames, limit=said.frames - 1, unit="frames", n=said.frames)
    because = f"{said.empty_frames} of {said.frames} frames without an answer at the card's confidence"
    if said.empty_frames < said.frames:
        return clear(because, subject=subject, measure=measure)
    step = Step(kind="benchmark", text="capture frames that show the objects, and benchmark on them")
    return found(because, subject=subject, measure=measure, step=step)
