"""The endpoint's windows are of another model than the one asked about.

Why: a rollout recorded as done while the old model runs hides every fault of both.

Fix: check the device's reported model, repeat the order, and ask again once its windows name this model.
"""

from readiness.evidence.model import Model
from readiness.evidence.production import Production
from readiness.finding import Measure, Outcome, Severity, Step, Subject, clear, found

SEVERITY = Severity.BLOCK


def judge(model: Model, production: Production) -> Outcome:
    subject = Subject("endpoint", production.endpoint)
    measure = Measure(measured=production.model, limit=model.digest)
    if production.model == model.digest:
        return clear("the windows name this model", subject=subject, measure=measure)
    step = Step(kind="monitor", text=f"find out what {production.device} runs")
    return found(
        f"the endpoint runs {production.model}, asked is {model.digest}", subject=subject, measure=measure, step=step
    )
