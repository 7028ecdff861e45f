"""Counts a model's answers over the frames: confidence in ten bins, per class, and frames without an answer."""

import numpy as np

from readiness.evidence.benchmark import ClassConfidence, Confidence
from readiness.evidence.model import Card
from readiness_agent.answers import Answer, Boxes, Floats, Rows, Scores

_BINS = 10


class Tally:
    """Takes one answer a frame; a mask has no confidence, so its classes are counted as present with none."""

    def __init__(self, card: Card) -> None:
        self._card = card
        self._frames = self._empty = 0
        self._histogram = np.zeros(_BINS, dtype=np.int64)
        self._scores: dict[int, list[float]] = {}
        self._seen: dict[int, int] = {}

    def add(self, answer: Answer) -> None:
        """Count one frame's answer at the card's confidence."""
        rows, scores = self._sure(answer)
        self._frames += 1
        self._empty += not rows.size
        bins = np.clip((scores * _BINS).astype(np.intp), 0, _BINS - 1)
        self._histogram += np.bincount(bins, minlength=_BINS)
        for row in rows.tolist():
            self._seen[row] = self._seen.get(row, 0) + 1
        for row, score in zip(rows.tolist(), scores.tolist(), strict=False):
            self._scores.setdefault(row, []).append(score)

    def confidence(self) -> Confidence:
        return Confidence(
            histogram=tuple(int(count) for count in self._histogram),
            classes=tuple(self._class(row) for row in sorted(self._seen)),
            frames=self._frames,
            empty_frames=self._empty,
        )

    def _sure(self, answer: Answer) -> tuple[Rows, Floats]:
        if isinstance(answer, Boxes):
            return answer.rows, answer.scores
        if isinstance(answer, Scores):
            best = np.array([answer.values.argmax()])
            sure = answer.values[best] >= self._card.confidence
            return best[sure].astype(np.intp), answer.values[best][sure]
        present = np.unique(answer.rows).astype(np.intp)
        return present, np.empty(0)

    def _class(self, row: int) -> ClassConfidence:
        names, scores = self._card.classes, self._scores.get(row, [])
        name = names[row] if 0 <= row < len(names) else f"row {row}"
        mean = round(float(np.mean(scores)), 4) if scores else None
        return ClassConfidence(name=name, detections=self._seen[row], mean=mean)
