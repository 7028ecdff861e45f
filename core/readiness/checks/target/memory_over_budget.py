"""The model needs more memory than the target grants.

Why: the kernel kills the process that outgrows the device, usually under load and without a word.

Fix: choose a smaller model or input size, or a target with more memory; then benchmark again on the device.
"""

from readiness.evidence.benchmark import Benchmark
from readiness.finding import Measure, Outcome, Severity, Step, Subject, clear, found, unknown
from readiness.profile import Profile

SEVERITY = Severity.BLOCK


def judge(benchmark: Benchmark, profile: Profile) -> Outcome:
    peak, budget = benchmark.memory_mib.peak_rss, profile.budget.memory_mib
    subject = Subject("target", profile.name)
    if peak is None:
        return unknown("the peak memory was not measured", "missing", subject=subject)
    measure = Measure(measured=peak, limit=budget, unit="MiB", n=benchmark.processes)
    because = f"peak resident memory {peak:.0f} MiB, budget {budget:g} MiB"
    if peak <= budget:
        return clear(because, subject=subject, measure=measure)
    step = Step(kind="change-target", text=f"choose a smaller model or input for {profile.name}, or a larger target")
    return found(because, subject=subject, measure=measure, step=step)
