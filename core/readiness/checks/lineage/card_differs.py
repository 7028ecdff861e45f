"""The model was evaluated or benchmarked by another card than the one it would be deployed with.

Why: the card says how a frame is fed in and which name each answer gets; with another card it is another model.

Fix: run, evaluate and benchmark the model with the card that is registered for it, then ask again.
"""

from readiness.evidence.benchmark import Benchmark
from readiness.evidence.evaluation import Evaluation
from readiness.evidence.model import Model
from readiness.finding import Measure, Outcome, Severity, Step, Subject, clear, found, unknown

SEVERITY = Severity.BLOCK


def judge(model: Model, evaluation: Evaluation, benchmark: Benchmark) -> list[Outcome]:
    wanted = model.card.reading()
    return [
        _one("evaluation", evaluation.card, wanted, Step(kind="evaluate", text="run and evaluate it with its card")),
        _one("benchmark", benchmark.card, wanted, Step(kind="benchmark", text="benchmark it with its card")),
    ]


def _one(kind: str, said: str, wanted: str, step: Step) -> Outcome:
    subject, measure = Subject("evidence", kind), Measure(measured=said or "not said", limit=wanted)
    if said == wanted:
        return clear(f"the {kind} was made by the model's card", subject=subject, measure=measure)
    if not said:
        return unknown(f"the {kind} does not say by which card", "missing", subject=subject, measure=measure, step=step)
    because = f"the {kind} was made by another card: task, classes, input or output differ"
    return found(because, subject=subject, measure=measure, step=step)
