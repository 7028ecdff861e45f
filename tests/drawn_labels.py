"""Labels without files: pictures of given boxes, as a reader would hand them to the finders."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from readiness.evidence.dataset import Listing
from readiness_coordinator.formats.labelled import Annotation, Fault, Labelled, Picture
from readiness_coordinator.scan.seen import Options, Seen

WIDTH, HEIGHT = 640, 480
CLASSES = ("bolt", "nut", "washer")
Drawn = tuple[int, tuple[float, float, float, float]]


def one(row: int, box: tuple[float, float, float, float], **more: Any) -> Annotation:
    return Annotation(id=f"{row} {box}", row=row, box=box, **more)


def picture(name: str, annotations: Iterable[Annotation], **more: Any) -> Picture:
    said = {"split": "train", "width": WIDTH, "height": HEIGHT, **more}
    return Picture(name=name, file=Path(name), key=name, annotations=tuple(annotations), **said)


def labelled(pictures: Sequence[Picture], classes: tuple[str, ...] = CLASSES, **more: Any) -> Labelled:
    said = {"format": "coco", "task": "detection", **more}
    return Labelled(
        name="parts",
        root=Path(),
        classes=classes,
        category_ids=tuple(range(len(classes))),
        pictures=tuple(sorted(pictures, key=lambda picture: picture.name)),
        **said,
    )


def found(
    find: Callable[[Seen], dict[str, Listing]], pictures: Sequence[Picture], options: Options | None = None, **more: Any
) -> dict[str, Listing]:
    return find(Seen(labelled(pictures, **more), {}, {}, None, options or Options()))


def faulty(find: Callable[[Seen], dict[str, Listing]], faults: Iterable[Fault], **more: Any) -> dict[str, Listing]:
    pictures = [picture("train/images/a.jpg", []), picture("test/images/a.jpg", [], split="test")]
    return found(find, pictures, faults=tuple(sorted(faults)), **more)


def ordinary(count: int = 60, each: int = 5, seed: int = 0) -> list[Picture]:
    """Pictures of single objects of usual sizes, one beside the other."""
    rng = np.random.default_rng(seed)
    pictures = []
    for index in range(count):
        boxes = [
            (10.0 + 120 * place, float(rng.uniform(10, 200)), float(rng.uniform(60, 110)), float(rng.uniform(60, 110)))
            for place in range(each)
        ]
        pictures.append(picture(f"train/{index:03d}.jpg", [one(i % 3, box) for i, box in enumerate(boxes)]))
    return pictures


def names(listing: Listing) -> list[str]:
    return [name for item in listing.items for name in item.images]


def details(listing: Listing) -> list[str]:
    return [item.detail for item in listing.items]
