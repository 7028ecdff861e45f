"""Whether the ids of classes and images in predictions are those of the truth: would others fit far better?"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from readiness.evidence.evaluation import IdFit
from readiness.measures import id_spaces, matching
from readiness.measures.id_spaces import Agreement
from readiness.measures.matching import Found, Truth
from readiness_coordinator.evaluate.case import Case
from readiness_coordinator.evaluate.predictions import Strays
from readiness_coordinator.formats import Labelled, Picture

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]
Bools = npt.NDArray[np.bool_]

_OVERLAP = 0.5
_MOST = 20_000  # the surest answers tell; more would tell no more
_LEAST = 10  # this many more must agree before another reading is spoken of
_LIKELY = 0.5  # the share of a class's objects that a fitting reading gets right at the least
_ASTRAY = 0.3  # answers that lie on an object of their class more often than this are on the right images
_FOUND = 0.1  # by chance no more than that lie on an object of another image
_SHOWN = 3
# COCO numbers its 80 classes up to 90 and leaves these out.
_GAPS = (12, 26, 29, 30, 45, 66, 68, 69, 71, 83)
_COCO = tuple(number for number in range(1, 91) if number not in _GAPS)


class Sure(NamedTuple):
    """The surest answers (n,), strays too: a `code` is a class row, or beyond the rows a stray's name."""

    image: Indices
    code: Indices
    boxes: Floats
    scores: Floats


class Pairs(NamedTuple):
    """What was said of objects: `said` (n,) codes of answers, `meant` (n,) rows of their objects, `image` (n,)."""

    said: Indices
    meant: Indices
    image: Indices


class Reading(NamedTuple):
    """A way to read codes: `by` in words, `rows` (codes,) as classes of the truth, -1 where they mean none."""

    by: str
    rows: Indices


def classes(case: Case) -> IdFit:
    """Compare the classes of answers with those of the objects they lie on.

    Spoken of is only a reading that holds for half of each class's objects on average, for twice as many as the ids as
    they are, and for ten objects more: a weak model is confused in no order.
    """
    names, strays = case.labelled.classes, _strays(case)
    pairs = _labelled(case, strays) if case.labelled.task == "classification" else _located(case, strays)
    if not pairs.said.size:
        return IdFit(n=0, agree=0)
    codes = len(names) + len(strays.names)
    given = _as_given(pairs, codes, len(names))
    best = Reading("", _plain(codes, len(names)))
    reached = given
    for reading in _readings(pairs, case.labelled, strays.names):
        got = id_spaces.agreement(pairs.said, pairs.meant, reading.rows)
        if got.balanced > reached.balanced:
            best, reached = reading, got
    folds = id_spaces.held_out(pairs.said, pairs.meant, pairs.image % 2 == 0, codes, len(names))
    if folds.balanced > reached.balanced + 0.05:
        by = "classes renumbered among themselves"
        best = Reading(by, id_spaces.renumbering(pairs.said, pairs.meant, codes, len(names)))
        reached = folds
    n = int(pairs.said.size)
    if not _far_better(given, reached):
        return IdFit(n=n, agree=given.hits)
    said_names = (*names, *strays.names)
    return IdFit(
        n=n, agree=given.hits, better=reached.hits, by=best.by, examples=_examples(pairs, best, said_names, names)
    )


def images(case: Case) -> IdFit | None:
    """Compare the surest answers with the objects of their image, and of the image whose id is one off.

    None of a classifier, whose answers have no place by which to tell.
    """
    if case.labelled.task == "classification":
        return None
    sure = _sure(case, Strays((), *_nothing()))
    n, agree = int(sure.image.size), _on_object(case, sure, np.arange(len(case.predictions.pictures)))
    best, by, moved = agree, "", np.zeros(0, dtype=np.intp)
    if agree < _ASTRAY * n:
        for words, to in _neighbours(case.predictions.pictures):
            if (hits := _on_object(case, sure, to)) > best:
                best, by, moved = hits, words, to
    if not by or best < max(_FOUND * n, 3 * agree, agree + _LEAST):
        return IdFit(n=n, agree=agree)
    names = [picture.name for picture in case.predictions.pictures]
    shown = [at for at in np.unique(sure.image).tolist() if moved[at] >= 0][:_SHOWN]
    return IdFit(n=n, agree=agree, better=best, by=by, examples=tuple((names[at], names[moved[at]]) for at in shown))


def _far_better(given: Agreement, other: Agreement) -> bool:
    enough = other.balanced >= _LIKELY and other.balanced >= 2 * given.balanced
    return enough and other.hits - given.hits >= _LEAST


def _nothing() -> tuple[Indices, Indices, Floats, Floats]:
    none = np.zeros(0, dtype=np.intp)
    return none, none, np.zeros((0, 4)), np.zeros(0)


def _strays(case: Case) -> Strays:
    """Give the answers of unknown classes; those without a word for the class cannot be read in any way."""
    strays = case.predictions.strays
    if strays is None:
        return Strays((), *_nothing())
    named = strays.name < len(strays.names)
    return Strays(strays.names, strays.image[named], strays.name[named], strays.boxes[named], strays.scores[named])


def _sure(case: Case, strays: Strays) -> Sure:
    """Take as many of the best scores as could answer every object twice; of equal scores all or none."""
    mine = case.predictions
    scores = np.concatenate([mine.scores, strays.scores])
    wanted = min(scores.size, _MOST, max(200, 2 * case.truth.row.size))
    least = np.partition(scores, scores.size - wanted)[scores.size - wanted] if wanted else 0.0
    keep = scores >= least
    return Sure(
        np.concatenate([mine.image, strays.image])[keep],
        np.concatenate([mine.row, len(case.labelled.classes) + strays.name])[keep],
        np.concatenate([mine.boxes, strays.boxes])[keep],
        scores[keep],
    )


def _located(case: Case, strays: Strays) -> Pairs:
    """Take of each object the surest answer that lies on it, whatever its class."""
    sure, truth = _sure(case, strays), case.truth
    objects = np.flatnonzero(~truth.crowd)
    near = matching.near(
        Found(sure.boxes, sure.scores, sure.image),
        Truth(truth.boxes[objects], truth.image[objects], truth.crowd[objects]),
        _OVERLAP,
    )
    order = np.lexsort((sure.code[near.found], -near.overlap, -sure.scores[near.found], near.truth))
    first = order[np.diff(near.truth[order], prepend=-1) != 0]
    of = objects[near.truth[first]]
    return Pairs(sure.code[near.found[first]], truth.row[of], truth.image[of])


def _labelled(case: Case, strays: Strays) -> Pairs:
    """Take each image's answer and label."""
    mine, count = case.predictions, len(case.predictions.pictures)
    said = np.full(count, -1, dtype=np.intp)
    said[strays.image] = len(case.labelled.classes) + strays.name
    said[mine.image] = mine.row
    answered = said[case.truth.image] >= 0
    image = case.truth.image[answered]
    return Pairs(said[image], case.truth.row[answered], image)


def _plain(codes: int, classes: int) -> Indices:
    rows = np.arange(codes)
    rows[classes:] = -1
    return rows


def _as_given(pairs: Pairs, codes: int, classes: int) -> Agreement:
    return id_spaces.agreement(pairs.said, pairs.meant, _plain(codes, classes))


def _readings(pairs: Pairs, labelled: Labelled, strays: Sequence[str]) -> Iterator[Reading]:
    """Give the readings of category ids that go wrong in practice; names have none."""
    mine = labelled.category_ids
    ids = [*mine, *(int(name) if name.isdecimal() else -1 for name in strays)]
    row_of = {identity: row for row, identity in enumerate(mine)}
    ordered = [row_of[identity] for identity in sorted(mine)]
    counted = dict(enumerate(ordered))
    yield _reading("counted from 0 in the order of the truth's ids", ids, counted)
    yield _reading("counted from 1 in the order of the truth's ids", ids, {n + 1: row for n, row in counted.items()})
    if len(mine) == len(_COCO):
        coco = {identity: ordered[place] for place, identity in enumerate(_COCO)}
        yield _reading("COCO's ids up to 90, where the truth counts its classes", ids, coco)
    said, meant = np.array(ids)[pairs.said], np.array(mine)[pairs.meant]
    off, counts = np.unique((meant - said)[(meant != said) & (said >= 0)], return_counts=True)
    if off.size:
        step = int(off[np.argmax(counts)])
        yield _reading(
            f"{abs(step)} too {'low' if step > 0 else 'high'}", ids, {i - step: r for i, r in row_of.items()}
        )


def _reading(by: str, ids: Sequence[int], row_of: dict[int, int]) -> Reading:
    return Reading(by, np.array([row_of.get(identity, -1) for identity in ids], dtype=np.intp))


def _examples(pairs: Pairs, reading: Reading, said: Sequence[str], names: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Name the most frequent answers that mean another class by this reading."""
    codes, counts = np.unique(pairs.said, return_counts=True)
    ranked = sorted((-count, code) for code, count in zip(codes.tolist(), counts.tolist(), strict=True))
    moved = [(code, int(reading.rows[code])) for _, code in ranked if reading.rows[code] not in {code, -1}]
    return tuple((said[code], names[row]) for code, row in moved[:_SHOWN])


def _neighbours(pictures: Sequence[Picture]) -> Iterator[tuple[str, Indices]]:
    """Give for each picture the one that was meant were ids one off, -1 where there is none."""
    keys = [picture.key for picture in pictures]
    order = np.array(sorted(range(len(keys)), key=lambda i: (isinstance(keys[i], str), keys[i])), dtype=np.intp)
    place = np.empty(len(keys), dtype=np.intp)
    place[order] = np.arange(len(keys))
    of = {str(key): i for i, key in enumerate(keys)}
    for step, word in ((1, "low"), (-1, "high")):
        by_id = [of.get(str(int(key) + step), -1) if str(key).isdecimal() else -1 for key in keys]
        yield f"ids that are 1 too {word}", np.array(by_id, dtype=np.intp)
        to = place + step
        there = (to >= 0) & (to < len(keys))
        yield f"images one place too {word} in order", np.where(there, order[np.clip(to, 0, len(keys) - 1)], -1)


def _on_object(case: Case, sure: Sure, to: Indices) -> int:
    """Count the answers that lie on an object of their class, each held against the picture `to` (pictures,)."""
    image, truth, width = to[sure.image], case.truth, len(case.labelled.classes)
    groups = np.where(image >= 0, image * width + sure.code, -1)
    things = Truth(truth.boxes, truth.image * width + truth.row, truth.crowd)
    return int(matching.touching(Found(sure.boxes, sure.scores, groups), things, _OVERLAP).sum())
