"""Prediction files: COCO results JSON, text of YOLO or of corners, CSV of a classifier; read strictly."""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from readiness import canonical
from readiness.exits import Stop
from readiness_coordinator.formats import Labelled
from readiness_coordinator.formats.layout import regular_bytes
from readiness_coordinator.reports import BROKEN_JSON

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

_IMAGE_COLUMNS = ("image", "file", "file_name", "filename")
_ANSWER_COLUMNS = ("prediction", "predicted")
_SCORE_PREFIXES = ("score_", "p_")
_MOST_SCORE = 1 + 1e-6  # a sum of float32 shares may round above 1


class Columns(NamedTuple):
    """What a file holds: `images` (n,) names or ids as text, `rows` (n,) class rows, -1 for a class that the truth
    lacks, `boxes` (n, 4) x y width height, in shares of the image where `relative`, `scores` (n,).
    """

    images: Sequence[str]
    rows: Indices
    boxes: Floats
    scores: Floats
    digest: str
    relative: bool = False
    every_image: bool = False


class _Result(msgspec.Struct):
    image_id: int | str
    category_id: int
    bbox: tuple[float, float, float, float]
    score: float


def read(path: Path, labelled: Labelled) -> Columns:
    """Read predictions in the form that the path and the truth's task tell. Raises Stop, one line."""
    if path.is_dir():
        return _checked(path, _texts(path, labelled))
    try:
        data = regular_bytes(path)
    except OSError as error:
        raise Stop(f"cannot read {path}: {error.strerror}") from None
    if path.suffix.lower() == ".csv":
        if labelled.task != "classification":
            raise Stop(f"{path}: a CSV holds a classifier's answers, the truth is of {labelled.task}")
        return _checked(path, _csv(path, data, labelled))
    if labelled.task == "classification":
        raise Stop(f"{path}: the truth is of classification; give a CSV with image, prediction and score columns")
    return _checked(path, _coco(path, data, labelled))


def _coco(path: Path, data: bytes, labelled: Labelled) -> Columns:
    try:
        results = msgspec.json.decode(data, type=list[_Result])
    except BROKEN_JSON as error:
        wanted = "a JSON list of {image_id, category_id, bbox, score}"
        raise Stop(f"{path}: not COCO results ({error}); expected {wanted}") from None
    row_of = {name: row for row, name in enumerate(labelled.category_ids)}
    return Columns(
        images=[str(result.image_id) for result in results],
        rows=np.array([row_of.get(result.category_id, -1) for result in results], dtype=np.intp),
        boxes=np.array([result.bbox for result in results], dtype=np.float64).reshape(-1, 4),
        scores=np.array([result.score for result in results], dtype=np.float64),
        digest=canonical.digest_bytes(data),
    )


def _texts(folder: Path, labelled: Labelled) -> Columns:
    """Read one text file per image: YOLO's shares with the row of the class, or a class by name and corners."""
    files = sorted(folder.glob("*.txt"))
    if not files:
        forms = "YOLO's class x y width height confidence, or class score left top right bottom"
        raise Stop(f"{folder}: no .txt file in it; expected one file per image with lines of {forms}")
    by_name = _names_classes(files, labelled)
    of_file = _corner_lines if by_name else _yolo_lines
    lines = [(file.stem, line) for file in files for line in of_file(file, labelled.classes)]
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


def _corner_lines(file: Path, classes: Sequence[str]) -> Iterator[tuple[float, ...]]:
    """Give row (-1 for a class that the truth lacks), left, top, right, bottom and score of each line."""
    row_of = {name: row for row, name in enumerate(classes)}
    for where, words in _lines(file):
        try:
            score, *corners = (float(word) for word in words[1:])
        except ValueError:
            corners = []
        if len(corners) != 4:
            raise Stop(
                f"{where}: '{' '.join(words)[:60]}' is not class score left top right bottom, the class one word"
            )
        yield row_of.get(words[0], -1), *corners, score


def _csv(path: Path, data: bytes, labelled: Labelled) -> Columns:
    try:
        reader = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
        header, table = list(reader.fieldnames or ()), list(reader)
    except (UnicodeDecodeError, csv.Error) as error:
        raise Stop(f"{path}: not readable as CSV ({error})") from None
    image, answer = _column(path, header, _IMAGE_COLUMNS), _column(path, header, _ANSWER_COLUMNS)
    images = [str(line[image] or "") for line in table]
    twice = next((name for name, count in Counter(images).items() if count > 1), None)
    if twice is not None:
        raise Stop(f"{path}: image '{twice}' stands in it twice; a classifier answers once")
    row_of = {name: row for row, name in enumerate(labelled.classes)}
    return Columns(
        images=images,
        rows=np.array([row_of.get(line[answer], -1) for line in table], dtype=np.intp),
        boxes=np.zeros((len(table), 4)),
        scores=np.array([_score(path, i, line, line[answer]) for i, line in enumerate(table, 2)], dtype=np.float64),
        digest=canonical.digest_bytes(data),
        every_image=True,
    )


def _column(path: Path, header: list[str], names: tuple[str, ...]) -> str:
    found = next((name for name in names if name in header), None)
    if found is None:
        raise Stop(f"{path}: no column '{names[0]}'; expected image,prediction,score_<class>…")
    return found


def _score(path: Path, number: int, line: dict[str, str], answer: str) -> float:
    """Give the score of the answer; a table without scores is one of sure answers."""
    text = next((line[key] for prefix in _SCORE_PREFIXES if (key := prefix + str(answer)) in line), line.get("score"))
    if text is None:
        if any(str(key).startswith(_SCORE_PREFIXES) for key in line):
            raise Stop(f"{path}:{number}: no score column for the answer '{answer}'")
        return 1.0
    try:
        return float(text)
    except ValueError:
        raise Stop(f"{path}:{number}: the score '{text}' is no number") from None


def _checked(path: Path, columns: Columns) -> Columns:
    """Refuse numbers that no evaluation can stand on."""
    for wrong, what in (
        (~np.isfinite(columns.boxes).all(axis=1), "its box is not finite"),
        ((columns.boxes[:, 2:] < 0).any(axis=1), "its box has a negative side"),
        (~((columns.scores >= 0) & (columns.scores <= _MOST_SCORE)), "its score is not between 0 and 1"),
    ):
        if wrong.any():
            at = int(np.argmax(wrong))
            raise Stop(f"{path}: prediction {at + 1} (image {columns.images[at]}): {what}")
    return columns
