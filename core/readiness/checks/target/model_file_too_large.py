"""The model file is larger than the target accepts.

Why: storage and the link to the device bound what can be sent, kept twice for a rollback, and loaded in time.

Fix: quantise or prune the model, or choose a target with more storage.
"""

from readiness.evidence.model import Model
from readiness.finding import Measure, Outcome, Severity, Subject, clear, found, inapplicable
from readiness.profile import Profile

SEVERITY = Severity.BLOCK


def judge(model: Model, profile: Profile) -> Outcome:
    limit = profile.budget.model_mib
    if limit is None:
        return inapplicable(f"{profile.name} sets no limit on the file")
    measure = Measure(measured=model.size_mib, limit=limit, unit="MiB")
    because = f"the file has {model.size_mib:.2f} MiB, the target accepts {limit:g} MiB"
    subject = Subject("target", profile.name)
    if model.size_mib <= limit:
        return clear(because, subject=subject, measure=measure)
    return found(because, subject=subject, measure=measure)
