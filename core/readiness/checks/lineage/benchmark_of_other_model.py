"""The benchmark belongs to another model file.

Why: a retrain, a conversion or a quantisation gives another file; its speed and answers must be measured anew.

Fix: benchmark exactly this file on the device, then ask again.
"""

from readiness.evidence.benchmark import Benchmark
from readiness.evidence.model import Model
from readiness.finding import Measure, Outcome, Severity, Step, Subject, clear, found

SEVERITY = Severity.BLOCK


def judge(model: Model, benchmark: Benchmark) -> Outcome:
    subject = Subject("evidence", "benchmark")
    measure = Measure(measured=benchmark.model, limit=model.digest)
    if benchmark.model == model.digest:
        return clear("the benchmark names this file", subject=subject, measure=measure)
    step = Step(kind="benchmark", text=f"benchmark {model.name} itself on the device")
    return found(
        f"the benchmark is of {benchmark.model}, asked is {model.digest}", subject=subject, measure=measure, step=step
    )
