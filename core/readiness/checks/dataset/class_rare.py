"""A class has too few objects in the evaluation split to show that it is found often enough.

Why: even if every one of them were found, the lower bound of recall would stay under the floor.

Fix: collect and label that many more objects of the class, from recordings not used in training.
"""

import math

from readiness.bounds import needed
from readiness.evidence.dataset import ClassCount, Dataset
from readiness.finding import Measure, Outcome, Severity, Step, Subject, clear, found, inapplicable, unknown
from readiness.listed import counted
from readiness.policy import Policy

SEVERITY = Severity.BLOCK


def judge(dataset: Dataset, policy: Policy) -> Outcome | list[Outcome]:
    split = dataset.evaluation_split(policy.evaluation.splits)
    if split is None:
        return inapplicable("there is no split to judge on")
    present = [one for one in dataset.classes if one.objects.get(split.name, 0) > 0]
    return [_one(one, split.name, policy) for one in present] or inapplicable("no class has objects there")


def _one(one: ClassCount, split: str, policy: Policy) -> Outcome:
    """Judge the distinct objects; where only their clustering makes them too few, the evaluation settles it."""
    have, worth, floor = one.once(split), one.worth(split), policy.recall_floor(one.name)
    wanted = needed(0, 0, floor, policy.confidence) or 0
    subject = Subject("class", one.name)
    measure = Measure(measured=have, limit=wanted, unit="objects", n=one.scored(split), n_effective=worth)
    copies = f" ({one.scored(split):,} with those in copies of one picture)" if have < one.scored(split) else ""
    because = f"{counted(have, 'objects')} of '{one.name}' in '{split}'{copies}"
    because = f"{because}, {wanted} needed to show that {100 * floor:.4g}% of them are found (recall)"
    if worth >= wanted:
        return clear(because, subject=subject, measure=measure)
    more = math.ceil((wanted - worth) * have / worth) if worth else wanted
    text = f"collect and label more objects of the rare classes for '{split}'"
    step = Step(kind="collect", text=text, quota=more)
    if have < wanted:
        return found(because, subject=subject, measure=measure, images_total=one.images.get(split, 0), step=step)
    because = f"{because}; together in few images or recordings, they may count as {worth:.1f}"
    return unknown(because, subject=subject, measure=measure, step=step)
