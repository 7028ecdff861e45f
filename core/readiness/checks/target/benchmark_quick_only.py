"""Only a quick benchmark is at hand.

Why: process-to-process spread dominates; three short processes screen candidates and prove nothing about the tail.

Fix: run readiness-agent bench without --quick on the device.
"""

from readiness.evidence.benchmark import Benchmark
from readiness.finding import Measure, Outcome, Severity, Step, Subject, clear, found

SEVERITY = Severity.MONITOR


def judge(benchmark: Benchmark) -> Outcome:
    subject = Subject("evidence", "benchmark")
    measure = Measure(measured=benchmark.protocol, limit="standard", n=benchmark.runs)
    because = f"{benchmark.protocol} protocol: {benchmark.processes} processes, {benchmark.runs} runs in all"
    if benchmark.protocol != "quick":
        return clear(because, subject=subject, measure=measure)
    step = Step(kind="benchmark", text="benchmark in full: readiness-agent bench without --quick")
    return found(because, subject=subject, measure=measure, step=step)
