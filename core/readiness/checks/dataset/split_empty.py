"""A split holds no image, or no labelled object.

Why: tools read an empty split as a score of nothing or of zero, and nobody notices that nothing was measured.

Fix: put labelled images into the split, correct the path it is read from, or take it out of the dataset's own file.
"""

from readiness.evidence.dataset import Dataset, Split
from readiness.finding import Measure, Outcome, Severity, Step, Subject, clear, found, inapplicable
from readiness.listed import counted

SEVERITY = Severity.WARN
# Images that no split was given to are no split.
_NONE = "unassigned"


def judge(dataset: Dataset) -> Outcome | list[Outcome]:
    splits = [split for split in dataset.splits if split.name != _NONE]
    return [_one(split, _others(dataset, split)) for split in splits] or inapplicable("the dataset has no splits")


def _others(dataset: Dataset, split: Split) -> str:
    """Name the splits that hold all images which a split without one of its own lists."""
    shared = dataset.listed("images-shared-across-splits")
    if split.images or shared is None:
        return ""
    with_it = {name for item in shared.items if split.name in item.splits for name in item.splits}
    return " and ".join(f"'{name}'" for name in sorted(with_it - {split.name}))


def _one(split: Split, others: str) -> Outcome:
    subject = Subject("split", split.name)
    measure = Measure(measured=split.annotations, limit=1, unit="labels", n=split.images)
    because = f"'{split.name}' holds {counted(split.images, 'images')} and {counted(split.annotations, 'labels')}"
    if others:
        because = f"all images of '{split.name}' are listed in {others} too, which leaves it none of its own"
    if split.annotations:
        return clear(because, subject=subject, measure=measure)
    step = Step(kind="collect", text="put labelled images into the empty splits, or take them out")
    return found(because, subject=subject, measure=measure, images_total=split.images, step=step)
