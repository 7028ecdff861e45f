"""Some classes have many times the objects of others.

Why: training follows the frequent classes, and the mean over all objects hides how the rare ones do.

Fix: collect more of the rare classes or weight them in training; read the report class by class.
"""

from readiness.evidence.dataset import Dataset
from readiness.finding import Measure, Outcome, Severity, Step, Subject, clear, found, inapplicable
from readiness.policy import Policy

SEVERITY = Severity.MONITOR


def judge(dataset: Dataset, policy: Policy) -> Outcome:
    counts = {one.name: sum(one.objects.values()) for one in dataset.classes if sum(one.objects.values()) > 0}
    if len(counts) < 2:
        return inapplicable("fewer than two classes have objects")
    most, least = max(counts, key=lambda name: counts[name]), min(counts, key=lambda name: counts[name])
    ratio, limit = counts[most] / counts[least], policy.dataset.imbalance
    subject = Subject("dataset", dataset.name)
    measure = Measure(measured=ratio, limit=limit, unit="ratio", n=sum(counts.values()))
    because = f"{counts[most]} '{most}' to {counts[least]} '{least}', {ratio:.1f} to 1, {limit:g} allowed"
    if ratio <= limit:
        return clear(because, subject=subject, measure=measure)
    step = Step(kind="collect", text=f"collect more '{least}'")
    return found(because, subject=subject, measure=measure, step=step)
