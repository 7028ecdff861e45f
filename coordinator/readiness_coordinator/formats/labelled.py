"""A dataset version as its label files say it: pictures, annotations, and whatever could not be used."""

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import msgspec

from readiness.evidence.model import Task

Box = tuple[float, float, float, float]
Shape = Literal["box", "polygon", "oriented", "mask"]
# An area is as said up to 10 % and 4 px² beside what is drawn.
OFF, OFF_PX = 0.1, 4.0
_LEAST = 0.05


class Unreadable(Exception):
    """A path is no dataset that can be read; the message is one line that says what, where and what to do."""


class Mismatch(Unreadable):
    """What was asked for, such as a task, is not what the format holds."""


class Annotation(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One object: `row` indexes the classes; `box` is x y w h in pixels as the file says, not clipped.

    `box` is None where the file gives fractions of an image whose size cannot be read. `polygon` holds rings of
    x y x y … in pixels. `shape` is what the label file draws: an `oriented` box keeps its corners as the one ring of
    `polygon`; of a `mask` the box and area are kept, and of one in
    COCO's JSON `runs`: height, width and the compressed run-length code, where it fits the image. `mask_px` is the
    area that this code counts, beside the `area` that the file says. `difficult` marks an object that the
    benchmarks of its format leave out of their count, `truncated` one of which the picture shows only a part.
    """

    id: str
    row: int
    box: Box | None
    area: float | None = None
    crowd: bool = False
    polygon: tuple[tuple[float, ...], ...] = ()
    shape: Shape = "box"
    difficult: bool = False
    truncated: bool = False
    mask_px: int | None = None
    runs: tuple[int, int, bytes] | None = None


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """One image: `name` is its posix path under the dataset root, `key` the format's own id for it.

    `width` and `height` are as the label file says, or as the image's header where the labels are fractions of it.
    `mask` is the label where that is an image of class indices, `mask_digest` that of its bytes as they were read.
    `labelled` is False without a usable label file or entry; an empty one is labelled, with nothing in the picture.
    """

    name: str
    file: Path
    split: str
    key: int | str
    width: int | None = None
    height: int | None = None
    annotations: tuple[Annotation, ...] = ()
    labelled: bool = True
    label: str | None = None
    tags: dict[str, str] = {}
    mask: Path | None = None
    mask_digest: str | None = None


class Fault(msgspec.Struct, frozen=True, order=True):
    """One entry that could not be used: `where` names file, line or id, `what` says why, `code` the check it is for."""

    where: str
    what: str
    code: str = "annotation-unusable"


class MaskMeaning(msgspec.Struct, frozen=True, kw_only=True):
    """The class row of each value of a mask, or of each packed colour where it is in colours.

    A colour is red << 16 | green << 8 | blue. The row after the last class is background; what has no row here is to be
    ignored. `named` tells that the dataset itself gives names, and the colours that it uses.
    """

    by_value: dict[int, int] = {}
    by_colour: dict[int, int] = {}
    named: bool = False


class Labelled(msgspec.Struct, frozen=True, kw_only=True):
    """A whole dataset version; `category_ids` are the format's own ids, one per class row.

    `listed_twice` names pictures that the label files put into several splits: they stand in the first one here.
    `declared` names the splits that the dataset itself speaks of, those without an image too. `masks` is what the
    pixels mean where the labels are mask images.
    """

    name: str
    root: Path
    format: str
    task: Task
    classes: tuple[str, ...]
    category_ids: tuple[int, ...]
    pictures: tuple[Picture, ...]
    faults: tuple[Fault, ...] = ()
    broken_paths: tuple[Fault, ...] = ()
    listed_twice: tuple[tuple[str, tuple[str, ...]], ...] = ()
    declared: tuple[str, ...] = ()
    masks: MaskMeaning | None = None

    def split(self, name: str) -> tuple[Picture, ...]:
        return tuple(picture for picture in self.pictures if picture.split == name)


def by_name(pictures: Iterable[Picture]) -> tuple[Picture, ...]:
    """Sort pictures by name, the one order in which everything downstream walks them."""
    return tuple(sorted(pictures, key=lambda picture: picture.name))


def area(one: Annotation) -> float:
    """Give an object's area in square pixels: as labelled, else its box's; so too where only a box is drawn that
    leaves no such area, being smaller by over 10 % and 4 px², or over 20 times larger.

    The outlines of 1,369 objects of COCO cover 6 % of their box or more.
    """
    box = max(one.box[2], 0.0) * max(one.box[3], 0.0) if one.box is not None else 0.0
    if one.area is None:
        return box
    if one.shape != "box" or one.box is None:
        return one.area
    over, under = one.area - box > max(OFF * box, OFF_PX), box - one.area > max((1 - _LEAST) * box, OFF_PX)
    return box if over or under else one.area
