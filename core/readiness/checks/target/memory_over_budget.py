"""The model needs more memory than the target grants.

Why: the kernel kills the process that outgrows the device, usually under load and without a word.

Fix: choose a smaller model or input size, or a target with more memory; then benchmark again on the device.
"""

from readiness.bounds import against_budget
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


def judge(benchmark: Benchmark, profile: Profile) -> Outcome:
    peak, upper, budget = benchmark.memory_mib.peak_rss, benchmark.memory_mib.peak_rss_upper, profile.budget.memory_mib
    subject = Subject("target", profile.name)
    if budget is None:
        return inapplicable(f"{profile.name} sets no limit on memory")
    if peak is None or peak <= 0:
        elsewhere = ", which cannot be seen of an endpoint" if benchmark.runtime == "http" else ""
        return unknown(f"the peak memory was not measured{elsewhere}", "missing", subject=subject)
    measure = Measure(measured=peak, limit=budget, unit="MiB", interval=(peak, upper), n=benchmark.processes)
    answer = against_budget(peak, None if upper is None else max(peak, upper), budget)
    because = f"resident memory peaked at {peak:.0f} MiB, budget {budget:g} MiB"
    if answer == "clear":
        return clear(because, subject=subject, measure=measure)
    if answer == "found":
        return found(because, subject=subject, measure=measure, step=_smaller(profile))
    wide = "unbounded: too few processes" if upper is None else f"bounded only by {upper:.0f} MiB"
    longer = measured_longer(benchmark.longer(), "measure in more processes", _smaller(profile))
    return unknown(f"{because}, {wide}", subject=subject, measure=measure, step=longer)


def _smaller(profile: Profile) -> Step:
    return Step(kind="change-target", text=f"choose a smaller model or input for {profile.name}, or a larger target")
