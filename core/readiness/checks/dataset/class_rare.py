"""A class has too few objects in the evaluation split to show that it is found often enough.

Why: even if every one of them were found, the lower bound of recall would stay under the floor.

Fix: collect and label that many more objects of the class, from recordings not used in training.
"""

from readiness.bounds import needed
from readiness.evidence.dataset import ClassCount, Dataset
from readiness.finding import Measure, Outcome, Severity, Step, Subject, clear, found, inapplicable
from readiness.policy import Policy

SEVERITY = Severity.BLOCK


def judge(dataset: Dataset, policy: Policy) -> Outcome | list[Outcome]:
    split = dataset.evaluation_split(policy.evaluation.splits)
    if split is None:
        return inapplicable("there is no split to judge on")
    present = [one for one in dataset.classes if one.objects.get(split.name, 0) > 0]
    return [_one(one, split.name, policy) for one in present] or inapplicable("no class has objects there")


def _one(one: ClassCount, split: str, policy: Policy) -> Outcome:
    have, floor = one.scored(split), policy.recall_floor(one.name)
    wanted = needed(0, 0, floor, policy.confidence) or 0
    subject = Subject("class", one.name)
    measure = Measure(measured=have, limit=wanted, unit="objects", n=have)
    because = f"{have} objects of '{one.name}' in '{split}', {wanted} needed to show a recall of {floor:g}"
    if have >= wanted:
        return clear(because, subject=subject, measure=measure)
    step = Step(
        kind="collect", text=f"collect and label more objects of the rare classes for '{split}'", quota=wanted - have
    )
    return found(because, subject=subject, measure=measure, images_total=one.images.get(split, 0), step=step)
