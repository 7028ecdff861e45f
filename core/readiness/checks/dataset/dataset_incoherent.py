"""The scan holds counts that cannot be.

Why: splits that do not add up or a listing that hides its items come of a broken, cut or made-up report.

Fix: scan the dataset again with a current version, and find out who wrote this report.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import combinations, islice, pairwise

from readiness.evidence.dataset import COMPARED, INPUT_SIZES, LISTED, LOOKS, ClassCount, Dataset, Listing, Split
from readiness.finding import Outcome, Severity, Subject, clear, found
from readiness.listed import counted

SEVERITY = Severity.BLOCK
_SHOWN = 5
# What is listed once for each image, or for each object, and never more often.
_OF_IMAGES, _OF_OBJECTS = ("image-", "images-empty-"), ("box-", "objects-")
# One item names an image and counts its objects.
_OF_HOLDERS = "objects-"
# The intraclass correlation of evidence.dataset.ClassCount, and what rounding to two digits may do.
_RHO, _ROUNDED = 0.2, 0.01


def judge(dataset: Dataset) -> Outcome:
    faults = list(islice(_faults(dataset), _SHOWN))
    subject = Subject("dataset", dataset.name)
    if not faults:
        return clear("its counts fit together", subject=subject)
    return found("; ".join(faults), subject=subject)


def _faults(dataset: Dataset) -> Iterator[str]:
    yield from _sums(dataset)
    for split in dataset.splits:
        yield from _split(split)
    yield from _classes(dataset)
    classes, splits = {one.name for one in dataset.classes}, {split.name for split in dataset.splits}
    for code, listing in sorted(dataset.listings.items()):
        named = (*_listing(code, listing, dataset), *_strangers(code, listing, classes, splits))
        yield from (f"the listing of {code} {fault}" for fault in named)
    yield from _kind(dataset)
    yield from _listed_counts(dataset)
    yield from _tiny(dataset)
    yield from _drifts(dataset)


def _sums(dataset: Dataset) -> Iterator[str]:
    images = sum(split.images for split in dataset.splits)
    labels = sum(split.annotations for split in dataset.splits)
    crowds = sum(sum(one.crowds.values()) for one in dataset.classes)
    if images != dataset.images:
        yield f"the splits hold {counted(images, 'images')}, all in all there are {dataset.images:,}"
    if labels != dataset.annotations:
        yield f"the splits hold {counted(labels, 'labels')}, all in all there are {dataset.annotations:,}"
    if dataset.annotations and not dataset.classes:
        yield counted(dataset.annotations, "labels of no class")
    if crowds != dataset.crowds:
        yield f"the classes hold {counted(crowds, 'crowds')}, all in all there are {dataset.crowds:,}"
    if not 0 <= dataset.viewed <= dataset.images:
        yield f"looked at {dataset.viewed:,} of {counted(dataset.images, 'images')}"
    names = Counter(split.name for split in dataset.splits)
    yield from (f"split '{name}' stands {count} times" for name, count in names.items() if count > 1)


def _split(split: Split) -> Iterator[str]:
    if min(split.images, split.labelled, split.unlabelled, split.annotations) < 0:
        yield f"a count of split '{split.name}' is below 0"
    if split.labelled > min(split.images, split.annotations) or (split.annotations > 0) != (split.labelled > 0):
        there = counted(split.annotations, "labels")
        yield f"split '{split.name}' has {there} in {split.labelled:,} of {counted(split.images, 'images')}"
    if split.unlabelled > split.images:
        yield f"{split.unlabelled:,} of {counted(split.images, 'images')} of split '{split.name}' are unlabelled"


def _classes(dataset: Dataset) -> Iterator[str]:
    splits = {split.name for split in dataset.splits}
    objects: Counter[str] = Counter()
    images: Counter[str] = Counter()
    most: dict[str, int] = {}
    for one in dataset.classes:
        yield from _class(one, splits)
        objects.update(one.objects)
        images.update(one.images)
        most |= {name: max(count, most.get(name, 0)) for name, count in one.images.items()}
    for split in dataset.splits if dataset.classes else ():
        if objects[split.name] != split.annotations:
            there = counted(split.annotations, "labels")
            yield f"the classes hold {counted(objects[split.name], 'objects')} of '{split.name}', which has {there}"
        if not most.get(split.name, 0) <= split.labelled <= images[split.name]:
            yield f"the classes stand in other images of '{split.name}' than its {split.labelled:,} with a label"


def _class(one: ClassCount, splits: set[str]) -> Iterator[str]:
    counts = (one.objects, one.images, one.crowds, one.distinct, one.sources, one.effective)
    if min([0, *(value for count in counts for value in count.values())]) < 0:
        yield f"a count of class '{one.name}' is below 0"
    for name in dict.fromkeys(name for count in counts for name in count):
        if name not in splits:
            yield f"class '{one.name}' has counts of a split '{name}', which there is not"
        elif not _fits(one, name):
            yield f"the counts of class '{one.name}' in '{name}' do not fit together"


def _fits(one: ClassCount, split: str) -> bool:
    """Tell whether the counts of a class fall as they must: from objects to distinct ones to what these are worth."""
    objects, images, scored = one.objects.get(split, 0), one.images.get(split, 0), one.scored(split)
    if images > objects or (images > 0) != (objects > 0) or scored < 0:
        return False
    if not all((split in count) == (scored > 0) for count in (one.distinct, one.sources, one.effective)):
        return False
    if scored == 0:
        return True
    distinct, sources = one.distinct[split], one.sources[split]
    if not (0 < sources <= min(distinct, images) and distinct <= scored):
        return False
    # Equally spread over all sources, each a cluster of its own, objects are worth the most.
    return 0 < one.effective[split] <= distinct / (1 + (distinct / sources - 1) * _RHO) + _ROUNDED


def _listing(code: str, listing: Listing, dataset: Dataset) -> Iterator[str]:
    held, items = listing.total, len(listing.items)
    if held < items:
        yield f"counts {held} and holds {items}"
        return
    named = listing.images_total if code.startswith(_OF_HOLDERS) else held
    if items != min(named, LISTED):
        yield f"counts {named:,} and lacks some of the first {min(named, LISTED):,}"
    if listing.images_total < len({image for item in listing.items for image in item.images}):
        yield f"names more images than the {listing.images_total:,} that it counts"
    most = dataset.images if code.startswith(_OF_IMAGES) else dataset.annotations
    if code.startswith(_OF_IMAGES + _OF_OBJECTS) and held > most:
        yield f"counts {held:,} of {most:,}"


def _strangers(code: str, listing: Listing, classes: set[str], splits: set[str]) -> Iterator[str]:
    named = [("class", {name for item in listing.items for name in item.classes} - classes)]
    # What two splits list may leave one of them without an image, and then it is none.
    if code != "images-shared-across-splits":
        named.append(("split", {name for item in listing.items for name in item.splits} - splits))
    yield from (f"names a {kind} '{min(unknown)}', which there is not" for kind, unknown in named if unknown)


def _kind(dataset: Dataset) -> Iterator[str]:
    """Look for listings that are made for another task only, or with predictions."""
    listed = dataset.listings
    if dataset.task == "classification" and (dataset.tiny or "box-degenerate" in listed):
        yield "a classifier's data has boxes"
    if dataset.task != "segmentation" and "mask-values-stray" in listed:
        yield "masks were looked at, and the task has none"
    if not dataset.predictions and any(code.startswith("label-suspect-") for code in listed):
        yield "labels were held against predictions, and there were none"


def _listed_counts(dataset: Dataset) -> Iterator[str]:
    """Hold listings against what is counted elsewhere of the same."""
    unlabelled, never = dataset.listed("image-unlabelled"), dataset.listed("class-never-labelled")
    count = sum(split.unlabelled for split in dataset.splits)
    if unlabelled is not None and unlabelled.total != count:
        yield f"{counted(unlabelled.total, 'images')} are listed as unlabelled, and the splits count {count:,}"
    carried = {one.name for one in dataset.classes if any(one.objects.values())}
    count = sum(one.name not in carried for one in dataset.classes)
    if never is not None and never.total != count:
        yield f"{counted(never.total, 'classes')} are listed as never labelled, and {count:,} have no object"


def _tiny(dataset: Dataset) -> Iterator[str]:
    scored = {one.name: 0 for one in dataset.classes}
    for one in dataset.classes:
        scored[one.name] += sum(one.objects.values()) - sum(one.crowds.values())
    sized: Counter[str] = Counter()
    for tiny in dataset.tiny:
        sized[tiny.name] += tiny.objects
        falling = (tiny.objects, *tiny.under, 0)
        if len(tiny.under) != len(INPUT_SIZES) or any(low > high for high, low in pairwise(falling)):
            yield f"the tiny objects of '{tiny.name}' do not fall as the input grows"
    for name, count in sized.items():
        if count > scored.get(name, 0):
            yield f"{counted(count, 'objects')} of '{name}' were sized, {scored.get(name, 0):,} are labelled"
    flat = dataset.listed("box-degenerate")
    if dataset.task == "detection" and flat is not None and _all_read(dataset):
        left = sum(scored.values()) - sized.total()
        if dataset.tiny and left > flat.total:
            yield f"{counted(left, 'objects')} were not sized, {flat.total:,} have no size"


def _drifts(dataset: Dataset) -> Iterator[str]:
    """Look for comparisons that are wanting: two splits with images that could be read are always compared."""
    if dataset.drifts is None:
        return
    made = {(one.measure, one.splits) for one in dataset.drifts}
    names = {split.name for split in dataset.splits if split.images}
    pairs = list(combinations([name for name in COMPARED if name in names], 2))
    wanted = {(measure, pair) for measure in LOOKS for pair in pairs} if _all_read(dataset) else set()
    if wanting := wanted - made:
        measure, (first, second) = min(wanting)
        yield f"'{first}' and '{second}' were not compared by {measure}"
    for one in dataset.drifts:
        if not (0 <= one.lower <= one.effect <= one.upper <= 1 and set(one.splits) <= names and min(one.n) > 0):
            yield f"a difference of {one.effect:g} between {' and '.join(one.splits)} cannot be"


def _all_read(dataset: Dataset) -> bool:
    """Tell whether every image was looked at and could be read."""
    lost = (dataset.listed("image-unreadable"), dataset.listed("image-truncated"))
    return dataset.viewed == dataset.images and all(one is not None and one.total == 0 for one in lost)
