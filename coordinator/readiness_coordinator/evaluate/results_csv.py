"""A classifier's answers as CSV: image, prediction, and the score of each class or of the answer."""

import csv
import io
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from readiness import canonical
from readiness.exits import Stop
from readiness_coordinator.evaluate.columns import ClassRows, Columns
from readiness_coordinator.formats import Labelled

Floats = npt.NDArray[np.float64]

_IMAGE_COLUMNS = ("image", "file", "file_name", "filename")
_ANSWER_COLUMNS = ("prediction", "predicted")
_LABEL_COLUMNS = ("label", "truth", "target")
_SCORE_PREFIXES = ("score_", "p_")


class Table(NamedTuple):
    """A CSV file: the columns by name, as they stand, and the number of each line in the file."""

    path: Path
    columns: dict[str, Sequence[str]]
    lines: Sequence[int]

    def numbers(self, name: str) -> Floats:
        """Read a column of numbers. Raises Stop that names the line of what is none."""
        try:
            return np.array(self.columns[name], dtype=np.str_).astype(np.float64)
        except ValueError:
            at = next(at for at, text in enumerate(self.columns[name]) if not _is_number(text))
            raise Stop(f"{self.path}:{self.lines[at]}: the score '{self.columns[name][at]}' is no number") from None


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


class Scored(NamedTuple):
    """Scores (n, m) of `names`: the classes of the truth, NaN where there is no column, then those it lacks.

    `favoured` is the class that a tie is for: of two, the one that has the score, from a half on.
    """

    names: tuple[str, ...]
    values: Floats
    notes: tuple[str, ...] = ()
    favoured: str = ""


def read(path: Path, data: bytes, labelled: Labelled) -> Columns:
    """Read answers, and every class's score where the file has them. Raises Stop.

    Without a column of answers the best score is the answer; of two classes one score is enough, the other's is what
    it leaves of 1.
    """
    table = _table(path, data)
    images = table.columns[_column(table, _IMAGE_COLUMNS)]
    twice = next((name for name, count in Counter(images).items() if count > 1), None)
    if twice is not None:
        raise Stop(f"{path}: image '{twice}' stands in it twice; a classifier answers once")
    stated = next((table.columns[name] for name in _ANSWER_COLUMNS if name in table.columns), None)
    scored = _scored(table, labelled.classes)
    if stated is None:
        scored = _either(table, labelled.classes) or scored
    if stated is None and scored is None:
        _column(table, _ANSWER_COLUMNS)
    answers = stated if stated is not None or scored is None else _best(scored)
    assert answers is not None
    row_of = ClassRows({name: row for row, name in enumerate(labelled.classes)})
    return Columns(
        images=images,
        rows=np.array([row_of[answer] for answer in answers], dtype=np.intp),
        boxes=np.zeros((len(images), 4)),
        scores=_scores(table, scored, answers, stated=stated is not None),
        digest=canonical.digest_bytes(data),
        every_image=True,
        unknown=row_of.unknown,
        shares=None if scored is None else scored.values,
        labels=_labels(table, labelled.classes),
        notes=() if scored is None else scored.notes,
    )


def _table(path: Path, data: bytes) -> Table:
    try:
        reader = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
        rows = [(reader.line_num, row) for row in reader if row]
    except (UnicodeDecodeError, csv.Error) as error:
        raise Stop(f"{path}: not readable as CSV ({error})") from None
    header = rows[0][1] if rows else []
    for line, row in rows:
        if len(row) != len(header):
            raise Stop(f"{path}:{line}: {len(row)} columns, the header has {len(header)}")
    if several := next((name for name, count in Counter(header).items() if count > 1), None):
        raise Stop(f"{path}: two columns are called '{several}'")
    lines = [line for line, _ in rows[1:]]
    return Table(path, {name: [row[at] for _, row in rows[1:]] for at, name in enumerate(header)}, lines)


def _column(table: Table, names: tuple[str, ...]) -> str:
    found = next((name for name in names if name in table.columns), None)
    if found is None:
        raise Stop(f"{table.path}: no column '{names[0]}'; expected image,prediction,score_<class>…")
    return found


def _scored_names(table: Table) -> dict[str, str]:
    """Give the columns of scores by the class they are named after."""
    named: dict[str, str] = {}
    for column in table.columns:
        prefix = next((prefix for prefix in _SCORE_PREFIXES if column.startswith(prefix)), None)
        if prefix is not None and named.setdefault(name := column.removeprefix(prefix), column) != column:
            raise Stop(f"{table.path}: '{named[name]}' and '{column}' both score '{name}'; keep one")
    return named


def _scored(table: Table, classes: Sequence[str]) -> Scored | None:
    named = _scored_names(table)
    if not named:
        return None
    names = (*classes, *(name for name in named if name not in classes))
    absent = np.full(len(table.lines), np.nan)
    columns = [table.numbers(named[name]) if name in named else absent for name in names]
    return Scored(names, np.column_stack(columns))


def _either(table: Table, classes: Sequence[str]) -> Scored | None:
    """Read one score for one of two classes, from the column of its name, else from the first that begins with it."""
    named = _scored_names(table)
    exact = [name for name in classes if name in named]
    if len(classes) != 2 or len(exact) > 1:
        return None
    begun = [(name, word) for name in classes for word in named if f"{word}_".startswith(f"{name}_")]
    if not begun or (not exact and len({name for name, _ in begun}) > 1):
        return None
    name, word = (exact[0], exact[0]) if exact else begun[0]
    own = table.numbers(named[word])
    unread = [f"'{named[one]}'" for one in named if one != word]
    note = f"'{named[word]}' is read as the score of '{name}'; not read: {', '.join(unread)}"
    values = np.column_stack([own if one == name else 1 - own for one in classes])
    return Scored(tuple(classes), values, (note,) if unread else (), favoured=name)


def _best(scored: Scored) -> list[str]:
    """Give the class with the best score of each image; of several alike none, unless one is favoured."""
    values = np.where(np.isnan(scored.values), -np.inf, scored.values)
    top = values.max(axis=1, keepdims=True)
    best, alike = values.argmax(axis=1), (values == top).sum(axis=1)
    return [
        scored.names[at] if many == 1 else scored.favoured or f"{many} classes of equal score"
        for at, many in zip(best.tolist(), alike.tolist(), strict=True)
    ]


def _scores(table: Table, scored: Scored | None, answers: Sequence[str], *, stated: bool) -> Floats:
    """Give the score of each answer; a table without scores is one of sure answers."""
    if scored is None:
        return table.numbers("score") if "score" in table.columns else np.ones(len(answers))
    if not stated:
        top: Floats = np.nanmax(scored.values, axis=1, initial=0.0)
        return top
    column = {name: at for at, name in enumerate(scored.names)}
    places = np.array([column.get(answer, -1) for answer in answers], dtype=np.intp)
    values = np.where(places < 0, np.nan, scored.values[np.arange(places.size), places])
    if (missing := np.flatnonzero(np.isnan(values))).size:
        if "score" in table.columns:
            return np.where(np.isnan(values), table.numbers("score"), values)
        at = int(missing[0])
        raise Stop(f"{table.path}:{table.lines[at]}: no score column for the answer '{answers[at]}'")
    return values


def _labels(table: Table, classes: Sequence[str]) -> Sequence[str]:
    """Read what the file says the truth is: by name, or as 0 and 1 for one of two classes."""
    plain = next((table.columns[name] for name in _LABEL_COLUMNS if name in table.columns), None)
    if plain is not None:
        return plain
    one = next((name for name in classes if f"label_{name}" in table.columns), None)
    if one is None or len(classes) != 2:
        return ()
    other = next(name for name in classes if name != one)
    return [{"0": other, "1": one}.get(text.strip(), text) for text in table.columns[f"label_{one}"]]
