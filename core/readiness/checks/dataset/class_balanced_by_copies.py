"""A class has its share of the training split mainly from copies.

Why: the counts look balanced, but the copies show the same few objects, so the class is as rare as it was.

Fix: collect new pictures of the class; until then read its counts without the copies.
"""

from readiness.evidence.dataset import ClassCount, Dataset
from readiness.finding import Measure, Outcome, Severity, Step, Subject, clear, found, inapplicable
from readiness.policy import Policy

SEVERITY = Severity.MONITOR
_TRAINING = "train"


def judge(dataset: Dataset, policy: Policy) -> list[Outcome] | Outcome:
    counted = [one for one in dataset.classes if one.once(_TRAINING) > 0]
    if len(counted) < 2:
        return inapplicable("fewer than two classes have objects in the training split")
    objects = sum(one.scored(_TRAINING) for one in counted)
    distinct = sum(one.once(_TRAINING) for one in counted)
    even, ratio = 1 / len(counted), policy.dataset.copies_ratio
    shares = [(one, one.scored(_TRAINING) / objects, one.once(_TRAINING) / distinct) for one in counted]
    bad = [(one, share, own) for one, share, own in shares if own < even and own * ratio < share]
    subject = Subject("dataset", dataset.name)
    measure = Measure(measured=distinct, unit="distinct objects", n=objects)
    if not bad:
        return clear("no class has its share from copies", subject=subject, measure=measure)
    return [_one(one, share, own, ratio) for one, share, own in bad]


def _one(one: ClassCount, share: float, own: float, ratio: float) -> Outcome:
    have, once = one.scored(_TRAINING), one.once(_TRAINING)
    because = (
        f"{have} objects of '{one.name}' are {share:.0%} of all; without copies they are {once} and {own:.0%}, "
        f"worth {one.worth(_TRAINING):.1f} independent ones"
    )
    measure = Measure(measured=share / own, limit=ratio, unit="ratio", n=have, n_effective=one.worth(_TRAINING))
    step = Step(kind="collect", text=f"collect new pictures of '{one.name}'")
    return found(because, subject=Subject("class", one.name), measure=measure, step=step)
