"""A class has no object in the split that models are judged on.

Why: its recall and precision are unmeasured there, and most tools leave such a class out of the mean in silence.

Fix: collect or move labelled examples of the class into that split, from recordings not used in training.
"""

from readiness.bounds import needed
from readiness.evidence.dataset import Dataset
from readiness.finding import Measure, Outcome, Severity, Step, Subject, clear, found, inapplicable
from readiness.listed import counted
from readiness.policy import Policy

SEVERITY = Severity.BLOCK


def judge(dataset: Dataset, policy: Policy) -> Outcome | list[Outcome]:
    split = dataset.evaluation_split(policy.evaluation.splits)
    if split is None:
        return inapplicable("there is no split to judge on")
    known = [one for one in dataset.classes if sum(one.objects.values()) > 0]
    absent = [one for one in known if one.objects.get(split.name, 0) == 0]
    if not absent:
        because = f"{counted(len(known), 'classes')} with objects, each in '{split.name}' too"
        return clear(because, subject=Subject("split", split.name))
    return [_absent(one.name, sum(one.objects.values()), split.name, policy) for one in absent]


def _absent(name: str, elsewhere: int, split: str, policy: Policy) -> Outcome:
    wanted = needed(0, 0, policy.recall_floor(name), policy.confidence)
    step = Step(kind="collect", text=f"bring labelled objects of the absent classes into '{split}'", quota=wanted)
    measure = Measure(measured=0, limit=1, unit="objects")
    because = f"no '{name}' in '{split}', {elsewhere} elsewhere"
    return found(because, subject=Subject("class", name), measure=measure, step=step)
