"""What went wrong, in the model report: failures with their crops, the confusion matrix, and the kinds of error."""

from collections.abc import Mapping
from itertools import chain, zip_longest
from typing import Any

import msgspec

from readiness.evidence.evaluation import Confused, Evaluation
from readiness_coordinator.evaluate import phrases
from readiness_coordinator.evaluate.outcomes import BACKGROUND
from readiness_coordinator.formats.labelled import Picture
from readiness_coordinator.web import thumbnails
from readiness_coordinator.web.evaluation_rows import Cell, Heat

MOST = 60
_CLASSES = 20
_SHADES = (0.0, 0.05, 0.2, 0.5, 0.8)


class Failure(msgspec.Struct, frozen=True):
    """One failure: what happened, in which image, and its crop; None where the image cannot be shown."""

    said: str
    image: str
    uri: str | None
    here: bool


class ErrorRow(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of error: its share of the most frequent one is the bar."""

    name: str
    count: int
    gain: float | None = None
    mostly: str = ""
    repair: str = ""


def failures(report: Mapping[str, Any], pictures: Mapping[str, Picture]) -> tuple[tuple[Failure, ...], int]:
    """Give the failures to show, of each class in turn so that none crowds out the rest, and how many are left."""
    per_class = [[(one["class"], failure) for failure in one["failures"]] for one in report["examples"]]
    turns = [one for one in chain.from_iterable(zip_longest(*per_class)) if one is not None]
    shown = turns[:MOST]
    shots = [thumbnails.Shot(one["image"], one["box"], one["object_box"]) for _, one in shown]
    made = tuple(
        Failure(_said(name, one), one["image"], uri, one["image"] in pictures)
        for (name, one), uri in zip(shown, thumbnails.crops(shots, pictures), strict=True)
    )
    return made, len(turns) - len(shown)


def _said(name: str, one: Mapping[str, Any]) -> str:
    score = "" if one["score"] is None else f", score {one['score']:.2f}"
    said = {
        "missed": f"{name} missed",
        "background": f"{name} where nothing is labelled",
        "class": f"{name} called {one['answer']}",
        "class and box": f"{name} called {one['answer']}, box off",
        "box": f"{name}, box off",
        "duplicate": f"{name} answered twice",
    }.get(one["kind"], name)
    return said + score


def errors(evaluation: Evaluation) -> tuple[ErrorRow, ...]:
    """Give the kinds of error, the one that costs most first; without their gains only the counts."""
    explained = [one for one in evaluation.explanation.errors if one.count] if evaluation.explanation else []
    if not explained:
        counts = ((name, count) for name, count in evaluation.errors.items() if name != "matched")
        return tuple(
            ErrorRow(name=name, count=count) for name, count in sorted(counts, key=lambda one: -one[1]) if count
        )
    return tuple(
        ErrorRow(
            name=phrases.kind(one.kind),
            count=one.count,
            gain=one.gain,
            mostly=", ".join(one.classes[:3]),
            repair=phrases.REPAIRS[one.kind],
        )
        for one in sorted(explained, key=lambda one: (-(one.gain or 0.0), -one.count))
    )


def matrix(evaluation: Evaluation) -> Heat | None:
    """Lay out truth against answer, for the classes that are mixed up most where there are many.

    Pixels are told as shares of their row, for nobody reads millions. What lies on background, or is missed, has its
    row and column where it occurs: a classifier's label is neither.
    """
    if not evaluation.confusion:
        return None
    chosen, left = _chosen(evaluation)
    counts = {(one.truth, one.answer): one.count for one in evaluation.confusion}
    answers = [BACKGROUND, *chosen] if any(one.answer == BACKGROUND for one in evaluation.confusion) else chosen
    truths = [*chosen, BACKGROUND] if any(one.truth == BACKGROUND for one in evaluation.confusion) else chosen
    totals = {name: sum(one.count for one in evaluation.confusion if one.truth == name) for name in truths}
    shares = evaluation.unit == "pixels"
    rows = tuple(
        (
            name,
            tuple(
                _shaded(counts.get((name, answer), 0), totals[name], right=name == answer != BACKGROUND, share=shares)
                for answer in answers
            ),
        )
        for name in truths
    )
    return Heat((("Answered as", tuple("missed" if name == BACKGROUND else name for name in answers)),), rows, left)


def _chosen(evaluation: Evaluation) -> tuple[list[str], int]:
    """Choose the classes with most wrong counts, in the dataset's order, and count those left out."""
    wrong: dict[str, int] = {}
    for one in evaluation.confusion:
        for name in {one.truth, one.answer} - {BACKGROUND}:
            wrong[name] = wrong.get(name, 0) + (0 if one.truth == one.answer else _weight(one))
    ranked = sorted(wrong, key=lambda name: (-wrong[name], name))
    most = set(ranked[:_CLASSES])
    return [one.name for one in evaluation.classes if one.name in most], max(0, len(ranked) - _CLASSES)


def _weight(one: Confused) -> int:
    """Count a mix-up of two classes more than a miss: the matrix is there to show which classes are taken for which."""
    return one.count if BACKGROUND in {one.truth, one.answer} else 10 * one.count


def _shaded(count: int, total: int, *, right: bool, share: bool) -> Cell:
    part = count / total if total else 0.0
    shade = sum(part > limit for limit in _SHADES)
    style = f"shade{shade}" if count else "zero"
    text = f"{100 * part:.1f}%" if share and count else f"{count:,}"
    return Cell(text, "", f"{style} right" if right else style)
