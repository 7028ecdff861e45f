"""Items into listings: sorted, cut to a bounded number, all of them counted."""

from collections.abc import Callable, Iterable, Mapping

import numpy as np

from readiness.evidence.dataset import LISTED, Item, Listing
from readiness_coordinator.formats.labelled import Annotation, Box, Fault, Labelled, Picture
from readiness_coordinator.scan.objects import Indices, Objects

_BOXES = 8


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


def joined(*parts: Listing) -> Listing:
    """Put listings of one code together; an image in several of them counts once more for each."""
    items = [one for part in parts for one in part.items]
    total, images = sum(part.total for part in parts), sum(part.images_total for part in parts)
    return Listing(total=total, items=listing(items).items, images_total=images)


def of_pictures(pictures: Iterable[Picture]) -> Listing:
    return listing([Item(images=(picture.name,), splits=(picture.split,)) for picture in pictures])


def of_faults(faults: Iterable[Fault]) -> Listing:
    return listing([Item(images=(), detail=f"{fault.where}: {fault.what}") for fault in faults])


def of_objects(
    objects: Objects, chosen: Indices, words: Callable[[int], str], beside: Mapping[int, int] | None = None
) -> Listing:
    """List objects, one item each, by their index in the table; `words` says what is wrong with one.

    `beside` names the other object concerned. Only as many items are made as are kept, whatever the number chosen.
    """
    pictures, counts = np.unique(objects.picture[chosen], return_counts=True)
    enough = pictures[: np.searchsorted(np.cumsum(counts), LISTED) + 1]
    items = []
    for index in chosen[np.isin(objects.picture[chosen], enough)].tolist():
        concerned = [index] if beside is None else [beside[index], index]
        picture = objects.labelled.pictures[int(objects.picture[index])]
        items.append(item(objects.labelled, picture, map(objects.annotation, concerned), words(index)))
    return Listing(total=chosen.size, items=listing(items).items, images_total=pictures.size)


def of_holders(objects: Objects, chosen: Indices, words: Callable[[int, int], str]) -> Listing:
    """List the images that hold the chosen objects, one item each; `words` is given how many, and of how many.

    chosen (k,) is sorted.
    """
    pictures, starts = np.unique(objects.picture[chosen], return_index=True)
    ends = np.append(starts, chosen.size)[1:]
    items = []
    for picture, start, end in zip(pictures[:LISTED].tolist(), starts.tolist(), ends.tolist(), strict=False):
        home = objects.labelled.pictures[picture]
        held = [objects.annotation(index) for index in chosen[start:end].tolist()]
        items.append(item(objects.labelled, home, held, words(len(held), len(home.annotations))))
    return Listing(total=chosen.size, items=tuple(items), images_total=pictures.size)


def item(labelled: Labelled, picture: Picture, objects: Iterable[Annotation], detail: str) -> Item:
    """Give one affected image with the classes and boxes of the objects concerned."""
    objects = list(objects)
    names = {labelled.classes[one.row] for one in objects}
    boxes = [place(one.box) for one in objects[:_BOXES] if one.box is not None]
    return Item(
        images=(picture.name,),
        detail=detail,
        classes=tuple(sorted(names)),
        splits=(picture.split,),
        boxes=tuple(boxes),
    )


def place(box: Iterable[float]) -> Box:
    """Round a box to a tenth of a pixel: it is there to be looked at."""
    x, y, w, h = (round(value, 1) for value in box)
    return x, y, w, h


def one_of_each_first(pictures: Iterable[Picture]) -> tuple[str, ...]:
    """Order names so that those who look at the first few see every split, then by name."""
    pictures = list(pictures)
    first: dict[str, str] = {}
    for picture in pictures:
        first.setdefault(picture.split, picture.name)
    ahead = [first[split] for split in sorted(first)]
    return tuple(dict.fromkeys([*ahead, *(picture.name for picture in pictures)]))
