"""Predictions laid onto the pictures of a dataset split: which were run, which are foreign, what was answered where."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from readiness.exits import Stop
from readiness.measures.suspects import Answers
from readiness_coordinator.evaluate import instance_masks
from readiness_coordinator.evaluate.columns import Columns
from readiness_coordinator.evaluate.instance_masks import Rle, size
from readiness_coordinator.formats import Labelled, Picture, layout

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]
Bools = npt.NDArray[np.bool_]

_FOREIGN, _SEVERAL = -1, -2
_NAMINGS: tuple[Callable[[Picture], str], ...] = (
    lambda picture: str(picture.key),
    lambda picture: picture.name,
    lambda picture: picture.file.name,
    lambda picture: picture.file.stem,
)


class Strays(NamedTuple):
    """Answers of classes that the dataset lacks: `name` (s,) indexes `names`; `image`, `boxes`, `scores` as below."""

    names: tuple[str, ...]
    image: Indices
    name: Indices
    boxes: Floats
    scores: Floats


class Predictions(NamedTuple):
    """The answers within `split`: `image` (n,) indexes `pictures`, `row` (n,) the classes, `boxes` (n, 4) are
    x y width height in pixels, `scores` (n,). `run` (pictures,) tells which images were run, as far as known.

    `shares` (pictures, m) are a classifier's scores of all classes, as in `Columns`, NaN where an image was not run;
    `masks` (pictures,) a segmenter's files, None where an image was not run;
    `outlines` (n,) an instance segmenter's masks, as run lengths, around which `boxes` stand where
    the file gives none (`boxed` is false then). `notes` are what the report must say.
    """

    split: str
    pictures: tuple[Picture, ...]
    image: Indices
    row: Indices
    boxes: Floats
    scores: Floats
    run: Bools
    listed: bool
    foreign_images: int
    foreign_answers: int
    unlabelled_images: int
    lowest_score: float | None
    shares: Floats | None = None
    masks: tuple[Path | None, ...] = ()
    notes: tuple[str, ...] = ()
    strays: Strays | None = None
    outlines: tuple[Rle, ...] | None = None
    boxed: bool = True


def place(
    columns: Columns, labelled: Labelled, split: str | None = None, run: Sequence[int | str] | None = None
) -> Predictions:
    """Find the picture of each prediction; `run` lists the images that were run, where that is known.

    Without `split` it is the split, or splits, that the predictions cover. Raises Stop when no image fits.
    """
    named = list(dict.fromkeys([*columns.images, *columns.ran, *map(str, run or ())]))
    where = _find(named, labelled, split)
    split = split or _covered(where, labelled, columns)
    meant = wanted(split, labelled)
    inside = [picture.split in meant for picture in labelled.pictures]
    judged = [i for i, picture in enumerate(labelled.pictures) if inside[i] and picture.labelled]
    place_of = np.full(len(labelled.pictures) + 1, -1, dtype=np.intp)  # the last one stands for a foreign image
    place_of[judged] = np.arange(len(judged))
    image = place_of[[where[name] for name in columns.images]] if columns.images else np.zeros(0, dtype=np.intp)
    keep = (image >= 0) & (columns.rows >= 0)
    pictures = tuple(labelled.pictures[i] for i in judged)
    listed = columns.every_image or run is not None
    outlines = _outlines(columns, pictures, image)
    boxes, stray = _boxes(columns, pictures, image, outlines), (image >= 0) & (columns.rows < 0)
    ran = np.zeros(len(pictures), dtype=bool)
    ran[[place for name in named if (place := int(place_of[where[name]])) >= 0]] = True
    return Predictions(
        split=split,
        pictures=pictures,
        image=image[keep],
        row=columns.rows[keep],
        boxes=boxes[keep],
        scores=columns.scores[keep],
        run=ran,
        listed=listed,
        foreign_images=sum(where[name] == _FOREIGN for name in named),
        foreign_answers=int(stray.sum()),
        unlabelled_images=sum(inside) - len(judged),
        lowest_score=float(columns.scores.min()) if columns.scores.size else None,
        shares=_shares(columns, image, len(pictures)),
        masks=_masks(columns, image, len(pictures)),
        notes=(*columns.notes, *_contradicted(columns, pictures, image)),
        strays=_strays(columns, image, boxes, stray),
        outlines=None if outlines is None else tuple(outlines[at] for at in np.flatnonzero(keep).tolist()),
        boxed=columns.boxed,
    )


def on_pictures(columns: Columns, labelled: Labelled) -> Answers:
    """Lay predictions onto all of a dataset's pictures, those of every split. Raises Stop when none can be laid."""
    if not columns.images:
        raise Stop(
            "the predictions hold no answer, so no label can be held against them; run the model on this dataset"
        )
    if columns.masks:
        raise Stop("masks of classes cannot be held against labels one by one; evaluate them instead")
    placed = place(columns, labelled, layout.ALL)
    if not placed.image.size:
        count = len(columns.images)
        raise Stop(f"none of the {count} predictions is of a class and of a labelled image of {labelled.root}")
    index = {picture.name: i for i, picture in enumerate(labelled.pictures)}
    at = np.array([index[picture.name] for picture in placed.pictures], dtype=np.intp)
    run = np.zeros(len(labelled.pictures), dtype=bool)
    run[at[placed.run]] = True
    return Answers(at[placed.image], placed.row, placed.boxes, placed.scores, run)


def wanted(split: str, labelled: Labelled) -> frozenset[str]:
    """Give the dataset's splits that `split` means: one, several joined by +, or all.

    A dataset without splits takes the caller's word for what it is. Raises Stop.
    """
    known = frozenset(picture.split for picture in labelled.pictures)
    if split == layout.ALL or known == {layout.ALL}:
        return known
    parts = frozenset(split.split("+"))
    if stray := sorted(parts - known):
        raise Stop(f"{labelled.root}: no split '{stray[0]}'; it has {', '.join(sorted(known))}")
    return parts


def _find(named: Iterable[str], labelled: Labelled, split: str | None) -> dict[str, int]:
    """Give each image's index among the pictures: by the format's id, path, file name or stem, whichever fits first."""
    scope = wanted(split, labelled) if split else None
    first = _table(labelled, lambda picture: scope is None or picture.split in scope)
    rest = _table(labelled, lambda picture: scope is not None and picture.split not in scope)
    out = {name: first.get(name, rest.get(name, _FOREIGN)) for name in named}
    several = next((name for name, at in out.items() if at == _SEVERAL), None)
    if several is not None:
        raise Stop(f"{labelled.root}: image '{several}' names several pictures; say which split with --split")
    if out and all(at == _FOREIGN for at in out.values()):
        known = next((str(picture.key) for picture in labelled.pictures), "none")
        raise Stop(f"none of the predicted images (such as '{next(iter(out))}') is in the truth (such as '{known}')")
    return out


def _table(labelled: Labelled, inside: Callable[[Picture], bool]) -> dict[str, int]:
    table: dict[str, int] = {}
    among = [(i, picture) for i, picture in enumerate(labelled.pictures) if inside(picture)]
    for naming in _NAMINGS:
        names = [(naming(picture), i) for i, picture in among]
        counts = Counter(name for name, _ in names)
        for name, i in names:
            table.setdefault(name, i if counts[name] == 1 else _SEVERAL)
    return table


def _covered(where: dict[str, int], labelled: Labelled, columns: Columns) -> str:
    splits = sorted({labelled.pictures[i].split for i in where.values() if i >= 0})
    if not splits:
        raise Stop(f"the predictions ({len(columns.images)}) name no image; say which split they are of with --split")
    return "+".join(splits)


def _strays(columns: Columns, image: Indices, boxes: Floats, stray: Bools) -> Strays:
    return Strays(tuple(columns.unknown), image[stray], -1 - columns.rows[stray], boxes[stray], columns.scores[stray])


def _shares(columns: Columns, image: Indices, pictures: int) -> Floats | None:
    if columns.shares is None:
        return None
    laid = np.full((pictures, columns.shares.shape[1]), np.nan)
    laid[image[image >= 0]] = columns.shares[image >= 0]
    return laid


def _masks(columns: Columns, image: Indices, pictures: int) -> tuple[Path | None, ...]:
    of = {at: mask for at, mask in zip(image.tolist(), columns.masks, strict=True) if at >= 0} if columns.masks else {}
    return tuple(of.get(at) for at in range(pictures)) if columns.masks else ()


def _outlines(columns: Columns, pictures: tuple[Picture, ...], image: Indices) -> dict[int, Rle] | None:
    """Give the mask of each answer on a known picture, by its place in the file."""
    if not columns.outlines:
        return None
    known = np.flatnonzero(image >= 0).tolist()
    return {at: instance_masks.encoded(columns.outlines[at], pictures[image[at]]) for at in known}


def _boxes(columns: Columns, pictures: tuple[Picture, ...], image: Indices, outlines: dict[int, Rle] | None) -> Floats:
    """Give the boxes in pixels; around the masks where the file gives none."""
    if columns.boxed or outlines is None:
        return _in_pixels(columns, pictures, image)
    boxes = np.zeros_like(columns.boxes)
    boxes[list(outlines)] = instance_masks.boxes(tuple(outlines.values()))
    return boxes


def _contradicted(columns: Columns, pictures: tuple[Picture, ...], image: Indices) -> tuple[str, ...]:
    """Say where the truth that stands beside the answers is not the dataset's."""
    said = zip(image.tolist(), columns.labels, strict=True) if columns.labels else ()
    off = [(pictures[at], label) for at, label in said if at >= 0 and label and label != pictures[at].label]
    if not off:
        return ()
    first, label = off[0]
    count = f"labels in the predictions that are not the dataset's: {len(off)}"
    return (f"{count}, such as '{label}' for {first.name}, which is '{first.label}' there",)


def _in_pixels(columns: Columns, pictures: tuple[Picture, ...], image: Indices) -> Floats:
    if not columns.relative:
        return columns.boxes
    sizes = np.ones((len(pictures) + 1, 4))
    for place in np.unique(image[image >= 0]):
        width, height = size(pictures[place])
        sizes[place] = width, height, width, height
    scaled: Floats = columns.boxes * sizes[image]
    return scaled
