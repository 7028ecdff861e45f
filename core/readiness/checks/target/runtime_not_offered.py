"""The target does not offer the runtime that the model needs.

Why: a model that cannot be loaded on the device is no candidate for it, however good it is elsewhere.

Fix: export the model for a runtime that the target offers, or choose another target.
"""

from readiness.evidence.model import Model
from readiness.finding import Measure, Outcome, Severity, Step, Subject, clear, found
from readiness.profile import Profile

SEVERITY = Severity.BLOCK


def judge(model: Model, profile: Profile) -> Outcome:
    offered = ", ".join(profile.runtimes)
    subject = Subject("target", profile.name)
    measure = Measure(measured=model.format, limit=offered)
    if model.format in profile.runtimes:
        return clear(f"{profile.name} runs {model.format}", subject=subject, measure=measure)
    step = Step(kind="change-target", text=f"export the model for {offered}")
    return found(
        f"the model is {model.format}, {profile.name} runs {offered}", subject=subject, measure=measure, step=step
    )
