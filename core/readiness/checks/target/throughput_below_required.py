"""The device answers fewer frames a second than the target requires.

Why: frames queue up or are dropped, and what happens between two answered frames is never seen.

Fix: quantise or shrink the model, use an accelerator, or lower the required rate in the target profile with a reason.
"""

from readiness.bounds import against_floor
from readiness.evidence.benchmark import Benchmark
from readiness.finding import (
    Measure,
    Outcome,
    Severity,
    Step,
    Subject,
    clear,
    found,
    inapplicable,
    measured_longer,
    unknown,
)
from readiness.profile import Profile

SEVERITY = Severity.BLOCK
_FASTER = Step(kind="benchmark", text="benchmark a smaller or int8 model: this one is too near the rate to tell")


def judge(benchmark: Benchmark, profile: Profile) -> Outcome:
    required, measured = profile.budget.throughput_fps, benchmark.throughput_fps
    subject = Subject("target", profile.name)
    if required is None:
        return inapplicable(f"{profile.name} requires no rate")
    if measured is None:
        return unknown("the throughput was not measured", "missing", subject=subject)
    lower, upper = benchmark.throughput_bounds_fps
    measure = Measure(measured=measured, limit=required, unit="frames/s", interval=(lower, upper), n=benchmark.runs)
    longer = measured_longer(benchmark.longer(), "measure longer on a quiet device", _FASTER)
    because = f"{measured:.1f} frames a second end to end, {required:g} required"
    if lower is None or upper is None:
        because = f"{because}, but too few processes to bound it"
        return unknown(because, subject=subject, measure=measure, step=longer)
    bounded = f"{because}, bounds {lower:.1f} to {upper:.1f}"
    answer = against_floor(lower, upper, required)
    if answer == "clear":
        return clear(bounded, subject=subject, measure=measure)
    if answer == "found":
        return found(bounded, subject=subject, measure=measure)
    return unknown(bounded, subject=subject, measure=measure, step=longer)
