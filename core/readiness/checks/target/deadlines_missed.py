"""Frames are answered after the next one was due.

Why: at the rate that the target requires the model falls behind, and a camera that keeps only the newest frame loses
the others unseen.

Fix: quantise or shrink the model, or lower the required rate in the target profile with a reason.
"""

from readiness.bounds import against_budget
from readiness.evidence.benchmark import Benchmark, Paced
from readiness.finding import (
    Outcome,
    Severity,
    Step,
    Subject,
    clear,
    found,
    inapplicable,
    measured_longer,
    rate_measure,
    unknown,
)
from readiness.profile import Profile

SEVERITY = Severity.MONITOR
_SHARE = 0.05  # as many as p95 leaves
_STEP = Step(kind="monitor", text="watch how many frames the device drops, and act when it is more than the site bears")


def judge(benchmark: Benchmark, profile: Profile) -> Outcome:
    required, paced = profile.budget.throughput_fps, benchmark.paced
    subject = Subject("target", profile.name)
    if required is None:
        return inapplicable(f"{profile.name} requires no rate")
    if paced is None:
        return unknown("no frames were run at the required rate", "missing", subject=subject, step=_paced(required))
    measure = rate_measure(paced.missed, _SHARE)
    because = _because(paced)
    if paced.fps < required:
        words = f"{because}; that is slower than the {required:g} required"
        return unknown(words, "missing", subject=subject, measure=measure, step=_paced(required))
    answer = against_budget(paced.missed.lower, paced.missed.upper, _SHARE)
    if answer == "clear":
        return clear(because, subject=subject, measure=measure)
    if answer == "found":
        return found(because, subject=subject, measure=measure, step=_STEP)
    longer = measured_longer(benchmark.longer(), "run more frames at their rate", _STEP)
    return unknown(because, subject=subject, measure=measure, step=longer)


def _because(paced: Paced) -> str:
    missed = paced.missed
    return (
        f"{missed.hits} of {missed.n} frames at {paced.fps:g} a second were answered after the next was due, "
        f"{missed.lower:.1%} to {missed.upper:.1%}, {_SHARE:.0%} allowed; {paced.dropped} would be dropped"
    )


def _paced(required: float) -> Step:
    return Step(kind="benchmark", text=f"run the frames at their rate: readiness-agent bench --fps {required:g}")
