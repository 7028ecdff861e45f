"""Nothing proves which model answers at the endpoint.

Why: an endpoint's model cannot be digested; behind the same address and version it may be exchanged without notice.

Fix: host the model file that was evaluated, where its bytes can be proven; else watch the endpoint's answers.
"""

from readiness.evidence.model import Model
from readiness.finding import Outcome, Severity, Step, Subject, clear, found

SEVERITY = Severity.MONITOR


def judge(model: Model) -> Outcome:
    subject = Subject("model", model.name)
    if model.format != "http":
        return clear("the model is a file, named by the digest of its bytes", subject=subject)
    step = Step(kind="monitor", text="watch the endpoint's answers for a change that nobody announced")
    because = "the model is named by its endpoint's address and metadata, not by its bytes"
    return found(because, subject=subject, step=step)
