"""The benchmark was disturbed, so its numbers cannot support ready.

Why: other work on the processor, heat, low voltage or a silent fallback change what was measured.

Fix: remove the named disturbance (stop other work, cool the board, mend the supply) and benchmark again.
"""

from readiness.evidence.benchmark import Benchmark
from readiness.finding import Measure, Outcome, Severity, Step, Subject, clear, found

SEVERITY = Severity.MONITOR


def judge(benchmark: Benchmark) -> Outcome:
    subject = Subject("evidence", "benchmark")
    measure = Measure(measured=benchmark.validity, limit="valid", n=benchmark.runs)
    if benchmark.validity == "valid":
        return clear("the benchmark is valid", subject=subject, measure=measure)
    because = f"the benchmark is {benchmark.validity}: {'; '.join(benchmark.validity_because) or 'no reason given'}"
    step = Step(kind="benchmark", text="benchmark again with the disturbance removed")
    return found(because, subject=subject, measure=measure, step=step)
