"""The scan holds counts that cannot be.

Why: splits that do not add up or a listing that hides its items come of a broken or made-up report.

Fix: scan the dataset again with a current version, and find out who wrote this report.
"""

from collections.abc import Iterator

from readiness.evidence.dataset import Dataset
from readiness.finding import Outcome, Severity, Subject, clear, found
from readiness.listed import counted

SEVERITY = Severity.BLOCK


def judge(dataset: Dataset) -> Outcome:
    faults = [*_counts(dataset), *_listings(dataset)]
    subject = Subject("dataset", dataset.name)
    if not faults:
        return clear("its counts fit together", subject=subject)
    return found("; ".join(faults[:5]), subject=subject)


def _counts(dataset: Dataset) -> Iterator[str]:
    images = sum(split.images for split in dataset.splits)
    labels = sum(split.annotations for split in dataset.splits)
    if images != dataset.images:
        yield f"the splits hold {counted(images, 'images')}, all in all there are {dataset.images:,}"
    if labels != dataset.annotations:
        yield f"the splits hold {counted(labels, 'labels')}, all in all there are {dataset.annotations:,}"
    if dataset.annotations and not dataset.classes:
        yield counted(dataset.annotations, "labels of no class")
    for split in dataset.splits:
        if min(split.images, split.labelled, split.unlabelled, split.annotations) < 0:
            yield f"a count of split '{split.name}' is below 0"
    for one in dataset.classes:
        if min([0, *one.objects.values(), *one.images.values()]) < 0:
            yield f"a count of class '{one.name}' is below 0"


def _listings(dataset: Dataset) -> Iterator[str]:
    for code, listing in sorted(dataset.listings.items()):
        if listing.total < len(listing.items):
            yield f"the listing of {code} counts {listing.total} and holds {len(listing.items)}"
    if not 0 <= dataset.viewed <= dataset.images:
        yield f"looked at {dataset.viewed:,} of {counted(dataset.images, 'images')}"
