"""The endpoint has not been heard of for longer than the policy allows.

Why: an endpoint that reports nothing may be failing, and a monitored deployment without monitoring is none.

Fix: look at the device and its link; if it cannot be reached, roll the deployment back.
"""

from readiness.dossier import instant
from readiness.evidence.production import Production
from readiness.finding import Measure, Outcome, Severity, Step, Subject, clear, found
from readiness.policy import Policy

SEVERITY = Severity.BLOCK


def judge(production: Production, policy: Policy, asked_at: str) -> Outcome:
    silent = (instant(asked_at) - instant(production.last_seen)).total_seconds()
    limit = policy.production.silent_s
    subject = Subject("endpoint", production.endpoint)
    measure = Measure(measured=silent, limit=limit, unit="s", n=production.windows)
    because = f"last window {silent:.0f} s ago, {limit:g} s allowed"
    if silent <= limit:
        return clear(because, subject=subject, measure=measure)
    step = Step(kind="monitor", text=f"restore the telemetry of {production.device}")
    return found(because, subject=subject, measure=measure, step=step)
