"""A segmenter's masks of head rows to masks in the dataset's own values, with its classes matched by name."""

from collections.abc import Sequence
from itertools import count
from pathlib import Path

import numpy as np
from PIL import Image

from readiness.exits import Stop
from readiness_coordinator.evaluate import class_matching
from readiness_coordinator.evaluate.class_matching import ClassMatch
from readiness_coordinator.formats import Labelled, layout, mask_names, mask_pixels
from readiness_coordinator.formats.labelled import MaskMeaning

_MOST = 65535


def match(card: Sequence[str], labelled: Labelled) -> tuple[ClassMatch, tuple[int, ...]]:
    """Match the card's classes but for background, and give the value to write for every row of the head.

    A class that the dataset lacks, or background where it has none, gets a value of its own that means nothing there.
    Raises Stop where the classes do not match.
    """
    meaning = labelled.masks or MaskMeaning()
    things = [name for name in card if name.lower() not in mask_names.BACKGROUND]
    matched = class_matching.match(things, labelled)
    row_of = dict(zip(things, matched.rows, strict=True))
    ground = min((value for value, row in meaning.by_value.items() if row == len(labelled.classes)), default=None)
    spare = (value for value in count(1) if value not in {*meaning.by_value, *mask_pixels.IGNORE.values()})
    values = []
    for name in card:
        row = row_of.get(name)
        own = ground if name not in row_of else None if row is None else labelled.category_ids[row]
        values.append(next(spare) if own is None else own)
    if max(values, default=0) > _MOST:
        raise Stop(f"{labelled.root}: its masks are in colours without names; name them in a labelmap.txt")
    return matched, tuple(values)


def write(answers: Path, out: Path, values: Sequence[int], model: str) -> None:
    """Write each mask below `answers` under the same name below `out`. Raises Stop on a row that the card lacks."""
    table = np.array(values, dtype=np.uint8 if max(values) <= 255 else np.uint16)
    for file in layout.images_under(answers):
        with Image.open(file) as image:
            rows = np.asarray(image)
        if (row := int(rows.max())) >= table.size:
            raise Stop(f"{model} answers class row {row}, its card lists {table.size} classes; correct the card")
        place = out / file.relative_to(answers)
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(table[rows]).save(place)
        except OSError as error:
            raise Stop(f"{place}: cannot be written: {error.strerror or error}") from None


def require_empty(out: Path) -> None:
    """Refuse to mix masks of two runs. Raises Stop."""
    if out.exists() and (not out.is_dir() or next(out.iterdir(), None) is not None):
        raise Stop(f"{out}: exists already; give a new or empty folder for the masks")
