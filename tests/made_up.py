"""Datasets that were never on a disk: pictures with boxes and looks, laid out as a scan has seen them."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from readiness.measures.image import Look
from readiness_coordinator.formats.labelled import Annotation, Labelled, Picture
from readiness_coordinator.scan.seen import Copy, Group, Seen
from readiness_coordinator.scan.view import View

SIDE = 100


def look(**changes: float) -> Look:
    return Look(**{"luma": 120.0, "spread": 50.0, "sharpness": 400.0, "colourfulness": 30.0, "chroma": 90.0, **changes})


def picture(
    name: str, split: str = "train", *, boxes: Iterable[tuple[int, tuple[float, float, float, float]]] = (), **more: Any
) -> Picture:
    """A picture of SIDE by SIDE pixels with boxes, each the row of its class and x y w h."""
    objects = tuple(Annotation(id=str(number), row=row, box=box) for number, (row, box) in enumerate(boxes))
    return Picture(
        name=name, file=Path(name), split=split, key=name, width=SIDE, height=SIDE, annotations=objects, **more
    )


def labelled(pictures: Iterable[Picture], classes: Sequence[str] = ("bolt", "nut"), **more: Any) -> Labelled:
    return Labelled(
        name="made-up",
        root=Path(),
        format="coco",
        classes=tuple(classes),
        category_ids=tuple(range(len(classes))),
        pictures=tuple(sorted(pictures, key=lambda one: one.name)),
        **{"task": "detection", **more},
    )


def seen(
    said: Labelled,
    looks: Mapping[str, Look] | None = None,
    groups: Iterable[Sequence[str]] = (),
    copies: Iterable[Copy] = (),
) -> Seen:
    """What a scan saw; `groups` are near copies, `copies` pairs of which each makes a group of its own."""
    views = {
        one.name: View(
            digest=one.name, width=SIDE, height=SIDE, look=(looks or {}).get(one.name, look()), pixels=one.name
        )
        for one in said.pictures
    }
    alike = [Group(images=tuple(sorted(names)), equal=False) for names in groups]
    alike += [Group(images=tuple(sorted(one[:2])), equal=False, copies=(one,)) for one in copies]
    return Seen(said, views, {}, tuple(alike))
