"""p95 latency is over the target's budget.

Why: a frame that waits longer than the budget is stale when it is answered, so events are missed.

Fix: quantise to int8, shrink the input, or choose a target with an accelerator; then benchmark again on the device.
"""

import math

from readiness.bounds import against_budget
from readiness.evidence.benchmark import Benchmark
from readiness.evidence.bounded import Quantile
from readiness.finding import Measure, Outcome, Severity, Step, Subject, clear, found, measured_longer, unknown
from readiness.profile import Profile

SEVERITY = Severity.BLOCK
_WORST_FIRST = ("found", "undecided", "clear")


def judge(benchmark: Benchmark, profile: Profile) -> Outcome:
    """Judge the worst of what was measured: run after run, frames as they are due, and the end of a long run."""
    budget = profile.budget.p95_ms
    where, p95 = min(benchmark.p95s(), key=lambda one: _rank(one[1], budget))
    subject = Subject("target", profile.name)
    measure = Measure(
        measured=p95.value, limit=budget, unit="ms", interval=(p95.lower, p95.upper), n_effective=p95.n_effective
    )
    answer = against_budget(p95.lower, p95.upper, budget)
    if answer == "clear":
        return clear(f"p95{where} at most {p95.upper:.1f} ms, budget {budget:g} ms", subject=subject, measure=measure)
    if answer == "found":
        because = f"p95{where} is at least {p95.lower:.1f} ms, the budget is {budget:g} ms"
        return found(because, subject=subject, measure=measure, step=_step(profile))
    longer = measured_longer(benchmark.longer(), "measure longer on a quiet device", _step(profile))
    return unknown(_undecided(where, p95, budget), subject=subject, measure=measure, step=longer)


def _rank(p95: Quantile, budget: float) -> tuple[int, float]:
    """Order the worst answer first, and of alike ones the highest bound."""
    answer = against_budget(p95.lower, p95.upper, budget)
    bound = p95.lower if answer == "found" else p95.upper
    return _WORST_FIRST.index(answer), -(math.inf if bound is None else bound)


def _undecided(where: str, p95: Quantile, budget: float) -> str:
    if p95.lower is None or p95.upper is None:
        return f"too few effective runs to bound p95{where} against the budget of {budget:g} ms"
    return (
        f"p95{where} lies between {p95.lower:.1f} and {p95.upper:.1f} ms; the budget of {budget:g} ms is inside, "
        "so neither is shown"
    )


def _step(profile: Profile) -> Step:
    other = f" or a target such as {', '.join(profile.alternatives)}" if profile.alternatives else ""
    return Step(kind="change-target", text=f"choose a smaller or int8 model for {profile.name}{other}")
