"""Items into listings: sorted, cut to a bounded number, all of them counted."""

from collections.abc import Iterable

from readiness.evidence.dataset import LISTED, Item, Listing
from readiness_coordinator.formats.labelled import Annotation, Fault, Labelled, Picture


def listing(items: list[Item], total: int | None = None) -> Listing:
    """Sort the items by name and keep the first LISTED; `total` counts otherwise than one per item."""
    ordered = sorted(items, key=lambda item: (item.images, item.detail))
    images = {image for one in items for image in one.images}
    count = len(items) if total is None else total
    return Listing(total=count, items=tuple(ordered[:LISTED]), images_total=len(images))


def ranked(items: list[Item]) -> Listing:
    """Keep the first LISTED items in the order given, the worst first."""
    images = {image for one in items for image in one.images}
    return Listing(total=len(items), items=tuple(items[:LISTED]), images_total=len(images))


def of_pictures(pictures: Iterable[Picture]) -> Listing:
    return listing([Item(images=(picture.name,), splits=(picture.split,)) for picture in pictures])


def of_faults(faults: Iterable[Fault]) -> Listing:
    return listing([Item(images=(), detail=f"{fault.where}: {fault.what}") for fault in faults])


def item(labelled: Labelled, picture: Picture, objects: Iterable[Annotation], detail: str) -> Item:
    """Give one affected image with the classes of the objects concerned."""
    names = {labelled.classes[one.row] for one in objects}
    return Item(images=(picture.name,), detail=detail, classes=tuple(sorted(names)), splits=(picture.split,))


def one_of_each_first(pictures: Iterable[Picture]) -> tuple[str, ...]:
    """Order names so that those who look at the first few see every split, then by name."""
    pictures = list(pictures)
    first: dict[str, str] = {}
    for picture in pictures:
        first.setdefault(picture.split, picture.name)
    ahead = [first[split] for split in sorted(first)]
    return tuple(dict.fromkeys([*ahead, *(picture.name for picture in pictures)]))
