"""The benchmark was made on a board that does not count for this target.

Why: a laptop's latency says nothing about a small board; boards differ by factors of two to ten.

Fix: run the agent's benchmark on the target device itself; for a cloud or API target, on the endpoint.
"""

from readiness.evidence.benchmark import Benchmark
from readiness.finding import Measure, Outcome, Severity, Step, Subject, clear, found
from readiness.profile import Profile

SEVERITY = Severity.BLOCK


def judge(benchmark: Benchmark, profile: Profile) -> Outcome:
    board, wanted = benchmark.device.board, ", ".join(profile.boards)
    subject = Subject("target", profile.name)
    measure = Measure(measured=board, limit=wanted)
    if benchmark.runtime == "http" and profile.kind != "edge":
        return clear(f"the endpoint itself was called, from {board}", subject=subject, measure=measure)
    if board in profile.boards:
        return clear(f"measured on {board}", subject=subject, measure=measure)
    step = Step(kind="benchmark", text=f"benchmark on the target itself: {wanted}")
    return found(f"measured on {board}, the target counts only {wanted}", subject=subject, measure=measure, step=step)
