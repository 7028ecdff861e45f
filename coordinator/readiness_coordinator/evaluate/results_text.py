"""Predictions as one text file per image: YOLO's shares with a confidence, or a named class, score and corners."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from readiness import canonical
from readiness.exits import Stop
from readiness_coordinator.evaluate.columns import ClassRows, Columns
from readiness_coordinator.formats import Labelled
from readiness_coordinator.formats.layout import regular_bytes


def read(folder: Path, labelled: Labelled) -> Columns:
    """Read one text file per image: YOLO's shares with the row of the class, or a class by name and corners."""
    files = sorted(folder.glob("*.txt"))
    if not files:
        forms = "YOLO's class x y width height confidence, or class score left top right bottom"
        raise Stop(f"{folder}: no .txt file in it; expected one file per image with lines of {forms}")
    by_name = _names_classes(files, labelled)
    row_of = ClassRows({name: row for row, name in enumerate(labelled.classes)})
    read_file = partial(_corner_lines, row_of=row_of) if by_name else partial(_yolo_lines, classes=labelled.classes)
    lines = [(file.stem, line) for file in files for line in read_file(file)]
    numbers = np.array([line for _, line in lines], dtype=np.float64).reshape(-1, 6)
    boxes = numbers[:, 1:5].copy()
    if by_name:
        boxes[:, 2:] -= boxes[:, :2]
    else:
        boxes[:, :2] -= boxes[:, 2:] / 2
    digests = {file.name: canonical.digest_bytes(regular_bytes(file)) for file in files}
    return Columns(
        images=[stem for stem, _ in lines],
        rows=numbers[:, 0].astype(np.intp),
        boxes=boxes,
        scores=numbers[:, 5],
        digest=canonical.digest(digests),
        relative=not by_name,
        unknown=row_of.unknown,
        ran=[file.stem for file in files],
    )


def _names_classes(files: Sequence[Path], labelled: Labelled) -> bool:
    """Tell the two forms apart by the first word; a number is a name where such truth has a class of that name."""
    first = next((words[0] for file in files for _, words in _lines(file)), "0")
    return not first.replace(".", "").isdecimal() or (labelled.format == "corners" and first in labelled.classes)


def _lines(file: Path) -> Iterator[tuple[str, list[str]]]:
    """Give place and words of each line that holds any."""
    for number, line in enumerate(regular_bytes(file).decode("utf-8-sig", "replace").splitlines(), 1):
        if words := line.split():
            yield f"{file}:{number}", words


def _yolo_lines(file: Path, classes: Sequence[str]) -> Iterator[tuple[float, ...]]:
    for where, words in _lines(file):
        try:
            values = tuple(float(word) for word in words)
        except ValueError:
            raise Stop(f"{where}: not six numbers: '{' '.join(words)[:60]}'") from None
        if len(values) != 6:
            raise Stop(f"{where}: {len(values)} numbers; a prediction is class x y width height confidence")
        if values[0] != int(values[0]) or not 0 <= values[0] < len(classes):
            raise Stop(f"{where}: class {words[0]}; the truth has the classes 0 to {len(classes) - 1}")
        yield values


def _corner_lines(file: Path, row_of: ClassRows) -> Iterator[tuple[float, ...]]:
    """Give class row, left, top, right, bottom and score of each line."""
    for where, words in _lines(file):
        try:
            score, *corners = (float(word) for word in words[1:])
        except ValueError:
            corners = []
        if len(corners) != 4:
            raise Stop(
                f"{where}: '{' '.join(words)[:60]}' is not class score left top right bottom, the class one word"
            )
        yield row_of[words[0]], *corners, score
