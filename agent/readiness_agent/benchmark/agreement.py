"""How far two models answer the same frames alike: by class, by place, and by both, so that a fault shows its kind."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from readiness.evidence.benchmark import Agreement
from readiness.evidence.bounded import Rate
from readiness.evidence.model import Model
from readiness.measures import intervals
from readiness.measures.boxes import corners, iou_each
from readiness.measures.matching import Found, Truth, match
from readiness_agent.answers import Answer, Boxes, Floats, Mask, Rows, Scores, background
from readiness_agent.answers_file import read

_AT_A_PLACE = 0.5
_NOBODY = -1  # a class that the other model does not have
Pair = tuple[Answer, Answer]


class _Counts(NamedTuple):
    """Of one frame: the incumbent's answers that count, and of them those met by class, by place and by both.

    `pairs` (n, 2) are IoU and difference of confidence of the answers paired by class.
    """

    answers: int
    classes: int
    places: int
    both: int
    pairs: Floats


def agree(incumbent: Model, its_answers: Path, candidate: Model, answers: Path) -> Agreement | None:
    """Compare what two models answered on the same frames, in the same order; classes are matched by their names.

    None where the question does not arise: the tasks differ, or no class of one has a name of the other. An answer of
    a class that the candidate does not have is not counted. Bounds take each frame as a cluster. Raises
    answers_file.UnreadableAnswers.
    """
    rows = _renumbered(incumbent, candidate)
    if incumbent.card.task != candidate.card.task or rows is None:
        return None
    frames = [
        (first, second)
        for first, second in zip(read(its_answers), read(answers), strict=False)
        if first is not None and second is not None
    ]
    counts = [_of_frame(pair, rows, incumbent) for pair in frames]
    placed = incumbent.card.task != "classification"
    pairs = np.concatenate([np.zeros((0, 2)), *(one.pairs for one in counts)])
    means = [round(float(mean), 4) for mean in pairs.mean(axis=0)] if len(pairs) else [None, None]
    return Agreement(
        incumbent=incumbent.digest,
        incumbent_name=incumbent.name,
        frames=len(frames),
        classes=_rate(counts, "classes"),
        places=_rate(counts, "places") if placed else None,
        both=_rate(counts, "both") if placed else None,
        iou=means[0] if incumbent.card.task == "detection" else None,
        score_shift=None if incumbent.card.task == "segmentation" else means[1],
    )


def _renumbered(incumbent: Model, candidate: Model) -> tuple[Rows, Rows] | None:
    """Give each model's rows a common number by name, `_NOBODY` where the other has no such class; None if none has."""
    names = {name: number for number, name in enumerate(dict.fromkeys(incumbent.card.classes))}
    shared = names.keys() & set(candidate.card.classes)
    first, second = (
        np.array([names[name] if name in shared else _NOBODY for name in model.card.classes], dtype=np.intp)
        for model in (incumbent, candidate)
    )
    return (first, second) if shared else None


def _rate(counts: Sequence[_Counts], part: str) -> Rate:
    hits = np.array([getattr(one, part) for one in counts], dtype=np.float64)
    return intervals.rate(hits, np.array([one.answers for one in counts], dtype=np.float64))


def _of_frame(pair: Pair, rows: tuple[Rows, Rows], incumbent: Model) -> _Counts:
    first, second = pair
    if isinstance(first, Boxes) and isinstance(second, Boxes):
        return _boxes(first, second, rows)
    if isinstance(first, Scores) and isinstance(second, Scores):
        return _scores(first, second, rows)
    assert isinstance(first, Mask)
    assert isinstance(second, Mask)
    return _masks(first, second, rows, background(incumbent.card))


def _boxes(first: Boxes, second: Boxes, rows: tuple[Rows, Rows]) -> _Counts:
    """Pair boxes one to one, the candidate's best score first (pycocotools, `COCOeval.evaluateImg`).

    A class counts as answered by any box of it: boxes of wrong sizes are suppressed more or less than right ones, so
    that their number says nothing of the classes.
    """
    meant, said = _named(first.rows, rows[0]), _named(second.rows, rows[1])
    counted = meant != _NOBODY
    wanted, scores, meant = first.xywh[counted], first.scores[counted], meant[counted]
    anything = np.zeros(said.size, dtype=np.intp), np.zeros(meant.size, dtype=np.intp)
    by_class = _matched(second, said, wanted, meant, 0.0)
    paired, at = np.flatnonzero(by_class >= 0), by_class[by_class >= 0]
    overlap = iou_each(corners(wanted[at]), corners(second.xywh[paired]))
    return _Counts(
        answers=meant.size,
        classes=int(np.isin(meant, said).sum()),
        places=int((_matched(second, anything[0], wanted, anything[1], _AT_A_PLACE) >= 0).sum()),
        both=int((_matched(second, said, wanted, meant, _AT_A_PLACE) >= 0).sum()),
        pairs=np.stack([overlap, second.scores[paired] - scores[at]], axis=1),
    )


def _matched(found: Boxes, classes: Rows, wanted: Floats, wanted_classes: Rows, overlap: float) -> Rows:
    """Give for each box found the wanted one, shape (m, 4) x y width height, that it is paired with, or -1."""
    nowhere = np.zeros(wanted_classes.size, dtype=np.bool_)
    return match(Found(found.xywh, found.scores, classes), Truth(wanted, wanted_classes, nowhere), overlap).objects


def _scores(first: Scores, second: Scores, rows: tuple[Rows, Rows]) -> _Counts:
    """Compare the best classes whatever their scores, whose difference `score_shift` tells."""
    best = np.array([first.values.argmax()]), np.array([second.values.argmax()])
    meant, said = _named(best[0], rows[0]), _named(best[1], rows[1])
    counted = bool(meant[0] != _NOBODY)
    same = counted and bool(meant[0] == said[0])
    shift = float(second.values[best[1][0]] - first.values[best[0][0]])
    pairs = np.array([[1.0, shift]]) if same else np.zeros((0, 2))
    return _Counts(answers=int(counted), classes=int(same), places=0, both=0, pairs=pairs)


def _masks(first: Mask, second: Mask, rows: tuple[Rows, Rows], ground: int | None) -> _Counts:
    """Compare pixels that the incumbent takes for an object; a class counts as answered by any pixel of it."""
    meant, said = _named(first.rows, rows[0]), _named(second.rows, rows[1])
    nothing = _NOBODY if ground is None else int(rows[0][ground])
    counted = (meant != _NOBODY) & (first.rows != ground)
    there, same = counted & (said != nothing), counted & (said == meant)
    return _Counts(
        answers=int(counted.sum()),
        classes=int(np.isin(meant[counted], said).sum()),
        places=int(there.sum()),
        both=int(same.sum()),
        pairs=np.zeros((0, 2)),
    )


def _named(rows: npt.NDArray[np.integer[Any]], numbers: Rows) -> Rows:
    """Turn a model's own class rows into the common numbers; a row that its card does not name is `_NOBODY`."""
    known = (rows >= 0) & (rows < numbers.size)
    return np.where(known, numbers[np.where(known, rows, 0)], _NOBODY)
