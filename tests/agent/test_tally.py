"""Counting answers over frames: per class, in bins, and frames without any."""

from pathlib import Path
from typing import Any

import cv2
import msgspec
import numpy as np
import pytest

import tiny_onnx
from readiness.evidence.model import Card, CardInput, CardOutput
from readiness_agent import answers_file
from readiness_agent.answers import Answer, Boxes, Mask, Scores
from readiness_agent.inference.session import Inference, open_inference
from readiness_agent.runtimes import CallFailed, Unrunnable
from readiness_agent.worker.tally import Tally, entropy_of, tally

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


def test_every_class_has_its_own_bins_and_empty_frames_their_bounds() -> None:
    counted = Tally(CARD)
    for answer in (boxes((0, 0.95), (1, 0.55)), *[boxes()] * 9):
        counted.add(answer)
    found = counted.confidence()
    assert [one.histogram.index(1) for one in found.classes] == [9, 5]
    assert found.empty is not None
    assert (found.empty.hits, found.empty.n) == (9, 10)
    assert found.empty.lower < 0.9 < found.empty.upper


def test_a_mask_of_background_alone_is_an_empty_frame() -> None:
    counted = Tally(msgspec.structs.replace(CARD, task="segmentation", classes=("background", "bolt")))
    counted.add(Mask(rows=np.zeros((4, 4), dtype=np.uint8)))
    counted.add(Mask(rows=np.eye(4, dtype=np.uint8)))
    found = counted.confidence()
    assert (found.frames, found.empty_frames, [one.name for one in found.classes]) == (2, 1, ["bolt"])


@pytest.mark.parametrize(
    ("answer", "entropy"),
    [
        (Scores(values=np.array([1.0, 0.0, 0.0, 0.0])), 0.0),
        (Scores(values=np.full(4, 0.25)), 1.0),
        (Scores(values=np.array([0.5, 0.5, 0.0, 0.0])), 0.5),
        (Scores(values=np.array([9.0, -3.0])), None),
        (Scores(values=np.array([0.9, 0.8])), None),
        (Scores(values=np.array([np.nan, 0.5])), None),
        (boxes((0, 0.5)), 1.0),
        (boxes((0, 1.0)), 0.0),
        (boxes((0, 0.5), (0, 1.0)), 0.5),
        (boxes(), None),
        (Mask(rows=np.zeros((2, 2), dtype=np.uint8)), None),
    ],
)
def test_entropy_is_of_what_is_a_distribution(answer: Answer, entropy: float | None) -> None:
    assert entropy_of(answer) == (None if entropy is None else pytest.approx(entropy, abs=1e-9))


def averager(folder: Path) -> Inference:
    card = msgspec.convert(
        {
            "task": "classification",
            "classes": ("red", "green", "blue"),
            "input": CardInput(size=(8, 8), scale=1 / 255),
            "output": CardOutput(decoder="softmax"),
            "confidence": 0.5,
        },
        Card,
    )
    return open_inference(tiny_onnx.averager(folder / "mean.onnx"), card)[0]


def coloured(folder: Path) -> list[Path]:
    frames = [folder / f"{at}.png" for at in range(3)]
    for at, frame in enumerate(frames):
        picture = np.zeros((8, 8, 3), dtype=np.uint8)
        picture[..., at] = 255
        cv2.imwrite(str(frame), picture)
    return frames


def test_the_answers_of_every_frame_are_kept_in_order(tmp_path: Path) -> None:
    found = tally(averager(tmp_path), coloured(tmp_path), tmp_path / "answers")
    assert [(one.name, one.detections) for one in found.classes] == [("red", 1), ("green", 1), ("blue", 1)]
    assert (found.frames, found.empty_frames, found.entropy) == (3, 0, 0.0)
    kept = answers_file.read(tmp_path / "answers")
    assert [one.values.tolist() for one in kept if isinstance(one, Scores)] == [[0, 0, 1], [0, 1, 0], [1, 0, 0]]


def test_a_failed_call_is_no_empty_frame(tmp_path: Path) -> None:
    inference, calls = averager(tmp_path), iter([False, True, False])
    answered = inference.infer

    def infer(batch: Any) -> Any:
        if next(calls):
            raise CallFailed("timeout", "no answer")
        return answered(batch)

    inference.infer = infer
    found = tally(inference, coloured(tmp_path), tmp_path / "answers")
    assert (found.frames, found.empty_frames) == (2, 0)
    assert answers_file.read(tmp_path / "answers")[1] is None


def test_an_endpoint_that_answers_no_more_is_not_asked_for_every_frame(tmp_path: Path) -> None:
    inference, frames, asked = averager(tmp_path), coloured(tmp_path) * 10, []
    answered = inference.infer

    def infer(batch: Any) -> Any:
        asked.append(batch)
        if len(asked) > 4:
            raise CallFailed("timeout", "no answer")
        return answered(batch)

    inference.infer = infer
    found = tally(inference, frames, tmp_path / "answers")
    assert (found.frames, len(asked)) == (4, 9)
    assert [one is None for one in answers_file.read(tmp_path / "answers")] == [False] * 4 + [True] * 26


def test_a_place_that_takes_no_answers_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unrunnable, match="the answers cannot be kept there: No such file or directory"):
        tally(averager(tmp_path), coloured(tmp_path), tmp_path / "gone" / "answers")
