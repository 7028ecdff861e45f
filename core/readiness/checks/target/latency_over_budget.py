"""p95 latency is over the target's budget.

Why: a frame that waits longer than the budget is stale when it is answered, so events are missed.

Fix: quantise to int8, shrink the input, or choose a target with an accelerator; then benchmark again on the device.
"""

from readiness.bounds import against_budget
from readiness.evidence.benchmark import Benchmark
from readiness.finding import Measure, Outcome, Severity, Step, Subject, clear, found, unknown
from readiness.profile import Profile

SEVERITY = Severity.BLOCK


def judge(benchmark: Benchmark, profile: Profile) -> Outcome:
    p95, budget = benchmark.end_to_end_ms.p95, profile.budget.p95_ms
    subject = Subject("target", profile.name)
    measure = Measure(
        measured=p95.value, limit=budget, unit="ms", interval=(p95.lower, p95.upper), n_effective=p95.n_effective
    )
    answer = against_budget(p95.lower, p95.upper, budget)
    if answer == "clear":
        return clear(f"p95 at most {p95.upper:.1f} ms, budget {budget:g} ms", subject=subject, measure=measure)
    if answer == "found":
        because = f"p95 is at least {p95.lower:.1f} ms, the budget is {budget:g} ms"
        return found(because, subject=subject, measure=measure, step=_step(profile))
    return unknown(_undecided(p95.lower, p95.upper, budget), subject=subject, measure=measure, step=_longer())


def _undecided(lower: float | None, upper: float | None, budget: float) -> str:
    if lower is None or upper is None:
        return f"too few effective runs to bound p95 against the budget of {budget:g} ms"
    return (
        f"p95 lies between {lower:.1f} and {upper:.1f} ms; the budget of {budget:g} ms is inside, so neither is shown"
    )


def _longer() -> Step:
    return Step(kind="benchmark", text="measure longer on a quiet device: readiness-agent bench without --quick")


def _step(profile: Profile) -> Step:
    other = f" or a target such as {', '.join(profile.alternatives)}" if profile.alternatives else ""
    return Step(kind="change-target", text=f"choose a smaller or int8 model for {profile.name}{other}")
