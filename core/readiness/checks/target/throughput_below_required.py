"""The device answers fewer frames a second than the target requires.

Why: frames queue up or are dropped, and what happens between two answered frames is never seen.

Fix: quantise or shrink the model, use an accelerator, or lower the required rate in the target profile with a reason.
"""

from readiness.evidence.benchmark import Benchmark
from readiness.finding import Measure, Outcome, Severity, Subject, clear, found, inapplicable, unknown
from readiness.profile import Profile

SEVERITY = Severity.BLOCK


def judge(benchmark: Benchmark, profile: Profile) -> Outcome:
    required, measured = profile.budget.throughput_fps, benchmark.throughput_fps
    subject = Subject("target", profile.name)
    if required is None:
        return inapplicable(f"{profile.name} requires no rate")
    if measured is None:
        return unknown("the throughput was not measured", "missing", subject=subject)
    measure = Measure(measured=measured, limit=required, unit="frames/s", n=benchmark.runs)
    because = f"{measured:.1f} frames a second end to end, {required:g} required"
    if measured >= required:
        return clear(because, subject=subject, measure=measure)
    return found(because, subject=subject, measure=measure)
