"""The benchmark has too few frames or runs for this target.

Why: a handful of runs says nothing about the tail, and a handful of frames nothing about the site.

Fix: capture more frames on the site and benchmark again, without shortening the run.
"""

from readiness.evidence.benchmark import Benchmark
from readiness.finding import Measure, Outcome, Severity, Step, Subject, clear, found
from readiness.profile import Profile

SEVERITY = Severity.BLOCK


def judge(benchmark: Benchmark, profile: Profile) -> list[Outcome]:
    counts = (
        ("distinct frames", benchmark.frames_count, profile.demand.frames),
        ("timed runs", benchmark.runs, profile.demand.runs),
    )
    return [_one(what, have, want) for what, have, want in counts]


def _one(what: str, have: int, want: int) -> Outcome:
    subject = Subject("evidence", what)
    measure = Measure(measured=have, limit=want, unit=what, n=have)
    because = f"{have} {what}, {want} needed"
    if have >= want:
        return clear(because, subject=subject, measure=measure)
    step = Step(kind="benchmark", text=f"bring at least {want} {what} to the benchmark", quota=want - have)
    return found(because, subject=subject, measure=measure, step=step)
