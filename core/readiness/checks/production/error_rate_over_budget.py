"""Too many inferences of the endpoint fail.

Why: a failed inference is an unseen frame; a rising rate usually means input, memory or driver trouble.

Fix: read the device's events, roll back when the errors began with this model, else repair the input.
"""

from readiness.bounds import needed, of_counts
from readiness.evidence.production import Production
from readiness.finding import Measure, Outcome, Severity, Subject, clear, found, unknown
from readiness.policy import Policy

SEVERITY = Severity.WARN


def judge(production: Production, policy: Policy) -> Outcome:
    budget = policy.production.error_rate
    subject = Subject("endpoint", production.endpoint)
    good, n = production.inferences - production.errors, production.inferences
    if n == 0:
        return unknown("no inference was reported", "missing", subject=subject)
    measure = Measure(measured=production.errors / n, limit=budget, unit="share", n=n)
    because = f"{production.errors} of {n} inferences failed, {budget:.1%} allowed"
    answer = of_counts(good, n, 1 - budget, policy.confidence)
    if answer == "clear":
        return clear(because, subject=subject, measure=measure)
    if answer == "found":
        return found(because, subject=subject, measure=measure)
    more = needed(good, n, 1 - budget, policy.confidence)
    settle = f"{more} more inferences would settle it" if more else "the rate lies too close to it to settle"
    return unknown(f"{because}; {settle}", subject=subject, measure=measure)
