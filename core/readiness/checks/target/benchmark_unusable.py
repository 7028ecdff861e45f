"""The benchmark did not measure what would be deployed.

Why: on another provider, another input or in another power mode the numbers belong to something else.

Fix: benchmark again with the provider, the frames and the power mode of the deployment.
"""

from readiness.evidence.benchmark import Benchmark
from readiness.finding import Measure, Outcome, Severity, Step, Subject, clear, found

SEVERITY = Severity.BLOCK
ELSEWHERE = frozenset({"fallback", "input-mismatch", "power-mode-mismatch"})


def judge(benchmark: Benchmark) -> Outcome:
    subject = Subject("evidence", "benchmark")
    measure = Measure(measured=benchmark.validity, limit="valid", n=benchmark.runs)
    if benchmark.validity not in ELSEWHERE:
        return clear("it ran as it would be deployed", subject=subject, measure=measure)
    because = f"the benchmark is {benchmark.validity}: {'; '.join(benchmark.validity_because) or 'no reason given'}"
    step = Step(kind="benchmark", text="benchmark again as the model would be deployed")
    return found(because, subject=subject, measure=measure, step=step)
