"""The evaluation holds numbers that cannot be.

Why: a bound that its own counts do not give comes of a broken or made-up report, and would pass any floor.

Fix: evaluate again with a current version, and find out who wrote this report.
"""

from collections import Counter
from collections.abc import Iterator

from readiness.bounds import bounded_by
from readiness.evidence.bounded import Rate
from readiness.evidence.evaluation import ClassResult, Evaluation
from readiness.finding import Outcome, Severity, Subject, clear, found

SEVERITY = Severity.BLOCK


def judge(evaluation: Evaluation) -> Outcome:
    subject = Subject("evidence", "evaluation")
    faults = [*_whole(evaluation)]
    faults += [f"'{one.name}': {fault}" for one in evaluation.classes for fault in _class(one, evaluation.unit)]
    faults += [f"'{one.name}': {fault}" for one in evaluation.slices for fault in _rate("recall", one.recall)]
    if not faults:
        return clear("its numbers fit together", subject=subject)
    return found("; ".join(faults[:5]), subject=subject)


def _whole(evaluation: Evaluation) -> Iterator[str]:
    names = Counter(result.name for result in evaluation.classes)
    yield from (f"'{name}' stands {count} times" for name, count in names.items() if count > 1)
    objects = sum(result.objects for result in evaluation.classes)
    if objects > evaluation.objects:
        yield f"the classes hold {objects} {evaluation.unit}, all in all there are {evaluation.objects}"
    if min(evaluation.images, evaluation.images_predicted, evaluation.objects) < 0:
        yield "a count is below 0"


def _class(result: ClassResult, unit: str) -> Iterator[str]:
    if min(result.objects, result.detections, result.images) < 0:
        yield "a count is below 0"
    if result.recall.n > result.objects:
        yield f"recall over {result.recall.n} {unit} of {result.objects}"
    if result.detections and not result.precision.n:
        yield f"{result.detections} answers without a precision"
    yield from _rate("recall", result.recall)
    yield from _rate("precision", result.precision)
    yield from _rate("overlap", result.overlap)


def _rate(name: str, rate: Rate) -> Iterator[str]:
    if not 0 <= rate.hits <= rate.n or not 0 <= rate.n_effective <= rate.n:
        yield f"{name} of {rate.hits} in {rate.n}, worth {rate.n_effective:g}"
    elif not bounded_by(rate.hits, rate.n, rate.n_effective, rate.lower, rate.upper, rate.confidence):
        yield f"{name} {rate.lower:.2f} to {rate.upper:.2f} does not follow from {rate.hits} of {rate.n}"
