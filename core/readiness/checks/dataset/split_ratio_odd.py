"""A split is too small for what it is there for, or larger than the training split.

Why: where most classes lack the objects to show their floor it is the split that is small, not the classes rare.

Fix: move whole recordings between the splits, or collect more, until the typical class can be shown in each.
"""

from collections.abc import Iterator
from statistics import median_high

from readiness.bounds import needed
from readiness.evidence.dataset import Dataset, Split
from readiness.finding import Measure, Outcome, Severity, Step, Subject, clear, found, inapplicable
from readiness.listed import counted
from readiness.policy import Policy

SEVERITY = Severity.NOTE
_TRAINING = frozenset({"train", "training"})


def judge(dataset: Dataset, policy: Policy) -> list[Outcome] | Outcome:
    return list(_answers(dataset, policy)) or inapplicable("there is no split to judge on")


def _answers(dataset: Dataset, policy: Policy) -> Iterator[Outcome]:
    training = sum(split.images for split in dataset.splits if split.name.lower() in _TRAINING)
    for name in policy.evaluation.splits:
        if (split := dataset.split(name)) is not None and split.labelled:
            yield _larger(split, training) if split.images > training > 0 else _small(dataset, split, policy)


def _larger(split: Split, training: int) -> Outcome:
    measure = Measure(measured=split.images, limit=training, unit="images", n=split.images)
    step = Step(kind="fix", text=f"move recordings from '{split.name}' into the training split")
    because = f"'{split.name}' holds {counted(split.images, 'images')}, the training split {training:,}"
    return found(because, subject=Subject("split", split.name), measure=measure, step=step)


def _small(dataset: Dataset, split: Split, policy: Policy) -> Outcome:
    """Judge by the typical class of the whole version: how much of what its floor asks for the split holds."""
    known = [one for one in dataset.classes if sum(one.objects.values()) > 0]
    wanted = {one.name: needed(0, 0, policy.recall_floor(one.name), policy.confidence) or 1 for one in known}
    held = median_high([one.worth(split.name) / wanted[one.name] for one in known]) if known else 0.0
    subject = Subject("split", split.name)
    measure = Measure(measured=held, limit=1, unit="share", n=split.annotations)
    because = f"the typical class has {held:.2f} times the objects in '{split.name}' that could show its floor"
    if held >= 1:
        return clear(because, subject=subject, measure=measure)
    step = Step(kind="collect", text=f"bring more labelled images into '{split.name}'", quota=_images(split, held))
    return found(because, subject=subject, measure=measure, images_total=split.images, step=step)


def _images(split: Split, held: float) -> int | None:
    return round(split.images * (1 / held - 1) + 0.5) if held > 0 else None
