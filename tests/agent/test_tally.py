"""Counting answers over frames: per class, in bins, and frames without any."""

import numpy as np

from readiness.evidence.model import Card, CardInput, CardOutput
from readiness_agent.answers import Boxes, Mask, Scores
from readiness_agent.worker.tally import Tally

CARD = Card(
    task="detection",
    classes=("bolt", "nut"),
    input=CardInput(size=(8, 8)),
    output=CardOutput(decoder="yolo"),
    confidence=0.5,
)


def boxes(*answers: tuple[int, float]) -> Boxes:
    rows, scores = [row for row, _ in answers], [score for _, score in answers]
    return Boxes(
        xywh=np.zeros((len(answers), 4)), scores=np.array(scores, dtype=float), rows=np.array(rows, dtype=np.intp)
    )


def test_boxes_are_counted_per_class_and_bin() -> None:
    tally = Tally(CARD)
    for answer in (boxes((0, 0.95), (0, 0.55), (1, 1.0)), boxes(), boxes((7, 0.6))):
        tally.add(answer)
    found = tally.confidence()
    assert [(one.name, one.detections, one.mean) for one in found.classes] == [
        ("bolt", 2, 0.75),
        ("nut", 1, 1.0),
        ("row 7", 1, 0.6),
    ]
    assert found.histogram == (0, 0, 0, 0, 0, 1, 1, 0, 0, 2)
    assert (found.frames, found.empty_frames) == (3, 1)


def test_a_class_counts_from_the_cards_confidence() -> None:
    tally = Tally(CARD)
    tally.add(Scores(values=np.array([0.49, 0.3])))
    tally.add(Scores(values=np.array([0.2, 0.5])))
    found = tally.confidence()
    assert [(one.name, one.detections) for one in found.classes] == [("nut", 1)]
    assert found.empty_frames == 1


def test_a_mask_counts_the_classes_it_shows_and_claims_no_confidence() -> None:
    tally = Tally(CARD)
    tally.add(Mask(rows=np.array([[0, 1], [1, 1]])))
    found = tally.confidence()
    assert [(one.name, one.detections, one.mean) for one in found.classes] == [("bolt", 1, None), ("nut", 1, None)]
    assert sum(found.histogram) == 0
