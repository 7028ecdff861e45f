"""The model file is larger than the target accepts.

Why: storage and the link to the device bound what can be sent, kept twice for a rollback, and loaded in time.

Fix: quantise or prune the model, or choose a target with more storage.
"""

from readiness.evidence.model import Model
from readiness.finding import Measure, Outcome, Severity, Subject, clear, found, inapplicable, unknown
from readiness.profile import Profile

SEVERITY = Severity.BLOCK


def judge(model: Model, profile: Profile) -> Outcome:
    limit = profile.budget.model_mib
    if limit is None:
        return inapplicable(f"{profile.name} sets no limit on the file")
    subject = Subject("target", profile.name)
    if model.format == "http":
        return inapplicable("an endpoint is called, no file of it is sent to the device")
    if model.size_mib is None:
        return unknown("the size of the file is not told", "missing", subject=subject)
    measure = Measure(measured=model.size_mib, limit=limit, unit="MiB")
    because = f"the file has {model.size_mib:.2f} MiB, the target accepts {limit:g} MiB"
    if model.size_mib <= limit:
        return clear(because, subject=subject, measure=measure)
    return found(because, subject=subject, measure=measure)
