"""The frames ended before all that were asked for had come.

Why: a camera that is unplugged, a stream that stalls or a video that was cut off shows only part of the site.

Fix: see to what the answer names, then capture again to the end, or ask for fewer frames.
"""

from readiness.evidence.benchmark import Benchmark
from readiness.finding import Outcome, Severity, Step, Subject, clear, found, unknown

SEVERITY = Severity.WARN


def judge(benchmark: Benchmark) -> Outcome:
    source, subject = benchmark.source, Subject("evidence", "frames")
    if source is None:
        return unknown("the benchmark does not say where its frames are from", "missing", subject=subject)
    if not source.ended:
        return clear(f"the {source.kind} gave all the frames that were asked for", subject=subject)
    step = Step(kind="benchmark", text="capture the frames again, to the end, and benchmark on them")
    return found(f"{source.kind}: {source.ended}", subject=subject, step=step)
