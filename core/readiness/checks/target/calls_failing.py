"""Too many calls of the endpoint fail.

Why: a call that fails is a frame that nobody saw, and failures come in bursts, when the load or the network is worst.

Fix: see which kinds of failure were counted; raise the endpoint's capacity or quota, the time-out, or choose another.
"""

from readiness.bounds import against_budget
from readiness.evidence.benchmark import Benchmark, Calls
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
from readiness.policy import Policy
from readiness.profile import Profile

SEVERITY = Severity.BLOCK  # the bound keeps a few good calls from being proof; what failed in front of us needs none

_MORE, _MOST = "call the endpoint more often", "readiness-agent bench --full --duration 600"


def judge(benchmark: Benchmark, profile: Profile, policy: Policy) -> Outcome:
    calls, budget = benchmark.calls, policy.production.error_rate
    subject = Subject("target", profile.name)
    if benchmark.runtime != "http":
        return inapplicable("the model ran here, nothing was called")
    longer = measured_longer(benchmark.longer(), _MORE, Step(kind="benchmark", text=f"{_MORE}: {_MOST}"))
    if calls is None or calls.failed.n <= 0:
        return unknown("the calls were not counted", "missing", subject=subject, step=longer)
    measure, failed = rate_measure(calls.failed, budget), calls.failed
    because = (
        f"{failed.hits} of {failed.n} calls failed{_kinds(calls)}, at most {failed.upper:.1%}, {budget:.1%} allowed"
    )
    answer = "found" if failed.hits > budget * failed.n else against_budget(failed.lower, failed.upper, budget)
    if answer == "clear":
        return clear(because, subject=subject, measure=measure)
    if answer == "found":
        step = Step(kind="change-target", text="mend what fails, or choose an endpoint that answers")
        return found(because, subject=subject, measure=measure, step=step)
    return unknown(because, subject=subject, measure=measure, step=longer)


def _kinds(calls: Calls) -> str:
    named = ", ".join(
        f"{count} {kind}" for kind, count in sorted(calls.kinds.items(), key=lambda one: (-one[1], one[0]))
    )
    return f" ({named})" if named else ""
