"""Classes of the training split are augmented by very different factors.

Why: copies weigh a class in training without showing anything new of it, and that weight was chosen by nobody.

Fix: augment all classes alike, and set the weights of classes in training on purpose.
"""

from readiness.evidence.dataset import ClassCount, Dataset
from readiness.finding import Measure, Outcome, Severity, Step, Subject, clear, found, inapplicable
from readiness.policy import Policy

SEVERITY = Severity.NOTE
_TRAINING = "train"
# A factor over fewer images is chance.
_ENOUGH = 10


def judge(dataset: Dataset, policy: Policy) -> Outcome | list[Outcome]:
    counted = [one for one in dataset.classes if one.images.get(_TRAINING, 0) >= _ENOUGH and _TRAINING in one.sources]
    if len(counted) < 2:
        return inapplicable("fewer than two classes have images enough in the training split")
    least, limit = min(counted, key=_factor), policy.dataset.copies_ratio
    bad = [one for one in counted if _factor(one) > limit * _factor(least)]
    if not bad:
        because = f"{_factor(least):.1f} images per picture of '{least.name}', at most {limit:g} times that of others"
        return clear(because, subject=Subject("dataset", dataset.name))
    return [_one(one, least, limit) for one in bad]


def _one(one: ClassCount, least: ClassCount, limit: float) -> Outcome:
    because = f"{_factor(one):.1f} images per picture of '{one.name}', {_factor(least):.1f} of '{least.name}'"
    ratio = _factor(one) / _factor(least)
    measure = Measure(measured=ratio, limit=limit, unit="ratio", n=one.images[_TRAINING])
    step = Step(kind="fix", text="augment all classes by the same factor")
    return found(because, subject=Subject("class", one.name), measure=measure, step=step)


def _factor(one: ClassCount) -> float:
    return one.images[_TRAINING] / one.sources[_TRAINING]
