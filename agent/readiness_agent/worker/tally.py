"""Counts a model's answers over the frames: confidence in ten bins, per class, its entropy, and frames without any."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from readiness.evidence.benchmark import ClassConfidence, Confidence
from readiness.evidence.model import Card
from readiness.measures import intervals
from readiness.measures.decode import pixels
from readiness_agent import answers_file
from readiness_agent.answers import Answer, Boxes, Floats, Rows, Scores, background
from readiness_agent.inference.session import Inference
from readiness_agent.runtimes import CallFailed, Unrunnable

_BINS = 10
_GIVEN_UP = 5  # calls in a row without an answer: an endpoint that hangs takes its whole time-out for each
_SUMS_TO_ONE = 0.05  # quantised probabilities sum to 1 within this


def tally(inference: Inference, frames: Sequence[Path], answers: Path | None = None) -> Confidence:
    """Answer every frame once, untimed, at the card's confidence, and count; the answers go to the file `answers`.

    A frame on which an endpoint's call failed has no answer and is not counted; after five in a row the rest is not
    asked. Raises Unrunnable where the answers cannot be written, OSError and BadImage for a frame that cannot be read.
    """
    counted, kept = Tally(inference.card), list[Answer | None]()
    failed = 0
    for frame in frames:
        answer = _answered(inference, frame) if failed < _GIVEN_UP else None
        if answer is not None:
            counted.add(answer)
        failed = 0 if answer is not None else failed + 1
        kept.append(answer)
    if answers is not None:
        try:
            answers_file.write(answers, kept)
        except OSError as error:
            raise Unrunnable(f"{answers}: the answers cannot be kept there: {error.strerror}; make room") from None
    return counted.confidence()


def _answered(inference: Inference, frame: Path) -> Answer | None:
    try:
        return inference.answer(pixels(frame.read_bytes()), inference.card.confidence)
    except CallFailed:
        return None


class Tally:
    """Takes one answer a frame; a mask has no confidence, so its classes are counted as present with none."""

    def __init__(self, card: Card) -> None:
        self._card = card
        self._empty: list[bool] = []
        self._scores: dict[int, list[float]] = {}
        self._seen: dict[int, int] = {}
        self._entropies: list[float] = []

    def add(self, answer: Answer) -> None:
        """Count one frame's answer at the card's confidence."""
        rows, scores = _sure(answer, self._card)
        self._empty.append(not rows.size)
        for row in rows.tolist():
            self._seen[row] = self._seen.get(row, 0) + 1
        for row, score in zip(rows.tolist(), scores.tolist(), strict=False):
            self._scores.setdefault(row, []).append(score)
        if (entropy := entropy_of(answer)) is not None:
            self._entropies.append(entropy)

    def confidence(self) -> Confidence:
        """Give the counts; `empty` is bounded with each frame a trial of its own."""
        empty = np.array(self._empty, dtype=np.float64)
        every = [score for scores in self._scores.values() for score in scores]
        return Confidence(
            histogram=_histogram(every),
            classes=tuple(self._class(row) for row in sorted(self._seen)),
            frames=empty.size,
            empty_frames=int(empty.sum()),
            entropy=round(float(np.mean(self._entropies)), 4) if self._entropies else None,
            empty=intervals.rate(empty, np.ones(empty.size)),
        )

    def _class(self, row: int) -> ClassConfidence:
        names, scores = self._card.classes, self._scores.get(row, [])
        return ClassConfidence(
            name=names[row] if 0 <= row < len(names) else f"row {row}",
            detections=self._seen[row],
            mean=round(float(np.mean(scores)), 4) if scores else None,
            histogram=_histogram(scores) if scores else (),
        )


def entropy_of(answer: Answer) -> float | None:
    """Give how unsure one frame's answer is, as a share of the most that could be: 0 (sure) to 1.

    Of a classification: Shannon's entropy of its scores over that of all classes alike (Shannon 1948), where the scores
    are probabilities that sum to 1. Of boxes: the mean binary entropy of their confidence in bits. None for a frame
    without boxes, for scores that are no distribution, and for a mask.
    """
    if isinstance(answer, Boxes) and answer.scores.size:
        sure = np.clip(answer.scores, 0.0, 1.0)
        return float(np.mean(_bits(sure) + _bits(1 - sure)))
    if isinstance(answer, Scores) and answer.values.size > 1:
        total = float(answer.values.sum())
        if answer.values.min() >= 0 and abs(total - 1) <= _SUMS_TO_ONE:
            return float(_bits(answer.values / total).sum() / np.log2(answer.values.size))
    return None


def _bits(shares: Floats) -> Floats:
    """Give -p log2 p of each share, 0 where it is 0."""
    return -shares * np.log2(np.where(shares > 0, shares, 1.0))


def _histogram(scores: Sequence[float]) -> tuple[int, ...]:
    bins = np.clip((np.array(scores, dtype=np.float64) * _BINS).astype(np.intp), 0, _BINS - 1)
    return tuple(np.bincount(bins, minlength=_BINS).tolist())


def _sure(answer: Answer, card: Card) -> tuple[Rows, Floats]:
    """Give the class rows that a frame is answered with, and their scores, which a mask has none of."""
    if isinstance(answer, Boxes):
        return answer.rows, answer.scores
    if isinstance(answer, Scores):
        best = np.array([answer.values.argmax()])
        sure = answer.values[best] >= card.confidence
        return best[sure].astype(np.intp), answer.values[best][sure]
    shown = np.unique(answer.rows).astype(np.intp)
    return shown[shown != background(card)], np.empty(0)
