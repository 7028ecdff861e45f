"""A classifier's answers as CSV: image, prediction, and the score of each class or of the answer."""

import csv
import io
from collections import Counter
from pathlib import Path

import numpy as np

from readiness import canonical
from readiness.exits import Stop
from readiness_coordinator.evaluate.columns import Columns
from readiness_coordinator.formats import Labelled

_IMAGE_COLUMNS = ("image", "file", "file_name", "filename")
_ANSWER_COLUMNS = ("prediction", "predicted")
_SCORE_PREFIXES = ("score_", "p_")


def read(path: Path, data: bytes, labelled: Labelled) -> Columns:
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
