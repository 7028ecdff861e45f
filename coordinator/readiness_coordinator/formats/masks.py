"""Mask images: one image of class indices or class colours per picture, for semantic segmentation."""

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from readiness.evidence.model import Task
from readiness.measures.masks import Region
from readiness_coordinator.formats import door, layout, mask_names, mask_pairs, mask_pixels
from readiness_coordinator.formats.labelled import (
    Annotation,
    Fault,
    Labelled,
    MaskMeaning,
    Mismatch,
    Picture,
    Unreadable,
    by_name,
)
from readiness_coordinator.formats.mask_names import Names
from readiness_coordinator.formats.mask_pairs import Pair
from readiness_coordinator.formats.mask_pixels import Mask

RANK = 70
LOOKS_FOR = "images/ beside masks/, or pictures beside their _mask images"

_THREADS = 4
_SHOWN = 8
_LIGHT = 255
_VOC_BORDER = 224 << 16 | 224 << 8 | 192
_WHY = {
    "seam": "values that only resizing or lossy compression leaves on the borders of others",
    "undeclared": "values that are no declared class",
}
_STRAY, _SIZE, _ORPHAN = "mask-values-stray", "mask-size-differs", "label-file-orphaned"


class Reading(NamedTuple):
    """What values mean: the class names by value, ascending, and the class of the light value of two-tone masks."""

    names: Names
    classes: dict[int, str]
    light: int | None


def fits(path: Path) -> bool:
    """Tell whether an image and its mask lie where such datasets keep them."""
    return path.is_dir() and mask_pairs.found_in(path)


def read(path: Path, images: Path | None, task: Task | None) -> Labelled:
    """Read every mask once; raises Unreadable when there is no image.

    Each class in a picture is one object: its area, and the box around all its pixels. Value 0 is background where no
    names are declared; 255 (65535 of 16 bits) is to be ignored, unless no mask holds anything else but 0: then it is
    the one class. Values that are no class are told of and left out.
    """
    if task not in {None, "segmentation"}:
        raise Mismatch(f"{path}: masks hold regions; --task {task} does not fit")
    if not path.is_dir():
        raise Unreadable(f"{path}: not a folder")
    names = mask_names.read(path)
    pairs = list(mask_pairs.pairs(path, images))
    with_image = [pair for pair in pairs if pair.image is not None]
    if not with_image:
        raise Unreadable(f"{path}: no image beside its masks; name their folder with --images")
    faults = [fault for pair in pairs for fault in _pairing(path, pair)]
    looked = _look_at_all([pair.masks[0] for pair in with_image if pair.masks], frozenset(names.by_colour))
    reading = _reading(looked.values(), names)
    pictures = [
        _picture(path, pair, looked[pair.masks[0]] if pair.masks else None, reading, faults) for pair in with_image
    ]
    return Labelled(
        name=path.name,
        root=path,
        format="masks",
        task="segmentation",
        classes=tuple(reading.classes.values()),
        category_ids=tuple(reading.classes),
        pictures=by_name(pictures),
        faults=tuple(sorted(faults)),
        masks=_pixel_meaning(reading),
    )


def _pairing(path: Path, pair: Pair) -> Iterator[Fault]:
    for mask in pair.masks if pair.image is None else ():
        yield Fault(layout.name_under(path, mask), "no image has this name", _ORPHAN)
    for mask in pair.masks[1:] if pair.image is not None else ():
        first = layout.name_under(path, pair.masks[0])
        yield Fault(layout.name_under(path, mask), f"a second mask; {first} is read", _ORPHAN)


def _look_at_all(files: Iterable[Path], colours: frozenset[int]) -> dict[Path, Mask]:
    unique = list(dict.fromkeys(files))
    threads = min(_THREADS, os.cpu_count() or 1)
    with ThreadPoolExecutor(threads, initializer=door.HERE.set, initargs=(door.HERE.get(),)) as pool:
        return dict(zip(unique, pool.map(lambda file: mask_pixels.look(file, colours), unique), strict=True))


def _reading(looked: Iterable[Mask], names: Names) -> Reading:
    """Settle what each value means, from the declared names or else from what all masks together hold."""
    usable = [one for one in looked if not one.problem]
    declared = {value: name for value, name in names.by_value.items() if value not in names.background}
    two_tone = all(one.two_tone for one in usable)
    light = any(region.value == one.ignore for one in usable for region in one.regions)
    if two_tone and light and len(declared) <= 1:
        return Reading(names, declared or {_LIGHT: "foreground"}, next(iter(declared), _LIGHT))
    if names.by_value:
        return Reading(names, dict(sorted(declared.items())), None)
    found = {
        region.value: one.coloured
        for one in usable
        for region in one.regions
        if region.value not in {*one.stray, *names.background, one.ignore}
    }
    return Reading(names, {value: f"class {_said(value, coloured=found[value])}" for value in sorted(found)}, None)


def _pixel_meaning(reading: Reading) -> MaskMeaning:
    """Give the row of every value that `_meaning` takes for a class, and of background."""
    names, rows = reading.names, {value: row for row, value in enumerate(reading.classes)}
    rows |= dict.fromkeys(names.background - names.void, len(rows))
    colours = {colour: rows[value] for colour, value in names.by_colour.items() if value in rows}
    by_value = rows if reading.light is None else rows | dict.fromkeys(mask_pixels.IGNORE.values(), rows[reading.light])
    named = bool(names.by_value)
    return MaskMeaning(by_value=by_value, by_colour=colours if named else rows, named=named)


def _meaning(mask: Mask, value: int, reading: Reading) -> int | str:
    """Give the class that a value of a mask stands for, or why it stands for none."""
    names = reading.names
    if value in mask.stray:
        return "seam"
    if mask.coloured:
        if value == _VOC_BORDER and value not in names.by_colour:
            return "ignored"
        own = names.by_colour.get(value, None if names.by_value else value)
    else:
        own = reading.light if reading.light is not None and value == mask.ignore else value
    if own in names.background:
        return "ignored"
    if own in reading.classes:
        return own
    return "ignored" if not mask.coloured and value == mask.ignore else "undeclared"


def _picture(path: Path, pair: Pair, mask: Mask | None, reading: Reading, faults: list[Fault]) -> Picture:
    assert pair.image is not None
    name = layout.name_under(path, pair.image)
    annotations: list[Annotation] = []
    if mask is not None:
        where = f"{name} mask {layout.name_under(path, pair.masks[0])}"
        meant = [(region, _meaning(mask, region.value, reading)) for region in mask.regions]
        rows = {value: row for row, value in enumerate(reading.classes)}
        for region, value in meant:
            if isinstance(value, int):
                annotations.append(
                    _annotation(f"{where} {_said(region.value, coloured=mask.coloured)}", rows[value], region)
                )
        faults += _faults(where, mask, meant, pair.image)
    return Picture(
        name=name,
        file=pair.image,
        split=pair.split,
        key=name,
        annotations=tuple(sorted(annotations, key=lambda one: one.row)),
        labelled=mask is not None and not mask.problem,
        mask=pair.masks[0] if pair.masks else None,
        mask_digest=mask.digest if mask is not None else None,
    )


def _annotation(name: str, row: int, region: Region) -> Annotation:
    x, y, w, h = (float(side) for side in region.box)
    return Annotation(id=name, row=row, box=(x, y, w, h), area=float(region.pixels), shape="mask")


def _faults(where: str, mask: Mask, meant: list[tuple[Region, int | str]], image: Path) -> Iterator[Fault]:
    if mask.problem or mask.note:
        yield Fault(where, mask.problem or mask.note)
    for why, words in _WHY.items():
        odd = [region for region, value in meant if value == why]
        if odd:
            shown = [f"{_said(one.value, coloured=mask.coloured)} ({one.pixels:,} px)" for one in odd[:_SHOWN]]
            more = f" and {len(odd) - _SHOWN} more" if len(odd) > _SHOWN else ""
            yield Fault(where, f"{words}: {', '.join(shown)}{more}", _STRAY)
    size = None if mask.problem else mask_pixels.size_of(image)
    if size is not None and size != (mask.width, mask.height):
        yield Fault(where, f"{mask.width}x{mask.height}, its image is {size[0]}x{size[1]}", _SIZE)


def _said(value: int, *, coloured: bool) -> str:
    return f"{value >> 16},{value >> 8 & 255},{value & 255}" if coloured else str(value)
