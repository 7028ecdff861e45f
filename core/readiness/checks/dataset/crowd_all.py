"""Every object of a class, or of the dataset, is marked as a crowd.

Why: scores leave crowds out, so the class is never measured, and its figures read as absent or as perfect.

Fix: export the class again with single objects; brush and mask tools often mark each of theirs as a crowd.
"""

from readiness.evidence.dataset import ClassCount, Dataset
from readiness.finding import Measure, Outcome, Severity, Step, Subject, clear, found, inapplicable

SEVERITY = Severity.BLOCK


def judge(dataset: Dataset) -> Outcome | list[Outcome]:
    if dataset.task == "classification":
        return inapplicable("a classifier's data has no crowds")
    only = [one for one in dataset.classes if 0 < sum(one.objects.values()) == sum(one.crowds.values())]
    if not only:
        measure = Measure(measured=dataset.crowds, unit="crowds", n=dataset.annotations)
        return clear("no class is all crowds", subject=Subject("dataset", dataset.name), measure=measure)
    labelled = [one for one in dataset.classes if sum(one.objects.values())]
    return _all(dataset) if 1 < len(only) == len(labelled) else [_only(one) for one in only]


def _all(dataset: Dataset) -> Outcome:
    step = Step(kind="label", text="export the dataset again with single objects")
    return found(
        f"all {dataset.crowds} objects of the dataset are crowds",
        subject=Subject("dataset", dataset.name),
        measure=Measure(measured=dataset.crowds, limit=0, unit="crowds", n=dataset.annotations),
        step=step,
    )


def _only(one: ClassCount) -> Outcome:
    count = sum(one.crowds.values())
    step = Step(kind="label", text=f"label '{one.name}' as single objects")
    many, single = f"all {count} objects of '{one.name}' are crowds", f"the only object of '{one.name}' is a crowd"
    return found(
        many if count > 1 else single,
        subject=Subject("class", one.name),
        measure=Measure(measured=count, limit=0, unit="crowds", n=count),
        images_total=sum(one.images.values()),
        step=step,
    )
