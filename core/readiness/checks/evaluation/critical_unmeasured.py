"""A class or slice that the policy calls critical was not measured.

Why: what matters most would pass unseen, be it by a spelling mistake or because no test image shows it.

Fix: correct the name in the policy's `critical`, or bring labelled images of it into the test split.
"""

from collections.abc import Iterator

from readiness.evidence.evaluation import Evaluation
from readiness.finding import Outcome, Severity, Step, Subject, clear, found, inapplicable
from readiness.policy import Policy

SEVERITY = Severity.BLOCK
EVERY_CLASS = "*"


def judge(evaluation: Evaluation, policy: Policy) -> Iterator[Outcome]:
    named = [name for name in policy.critical if name != EVERY_CLASS]
    measured = {result.name for result in evaluation.classes if result.objects}
    measured |= {result.name for result in evaluation.slices if result.objects}
    for name in named:
        subject = Subject("slice" if "=" in name else "class", name)
        if name in measured:
            yield clear(f"'{name}' was measured", subject=subject)
        else:
            because = f"the policy calls '{name}' critical, the evaluation measured nothing of that name"
            step = Step(kind="collect", text=f"bring labelled images of '{name}' into '{evaluation.split}'")
            yield found(because, subject=subject, step=step)
    if not named:
        yield inapplicable("the policy names no critical class or slice")
