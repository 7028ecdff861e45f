"""Heads of detectors by their inverse: boxes are encoded as the head's paper or exporter says, and come back."""

from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readiness.evidence.model import Card, CardInput, CardOutput
from readiness_agent.answers import Boxes, Mask
from readiness_agent.decoders import Mismatch, Shape, open_decoder
from readiness_agent.geometry import place

SIZE, FRAME, FLOOR = (64, 48), (300, 200), 0.3
NAMES = ("bolt", "nut", "screw")
STRIDES = (8, 16, 32)
Floats = npt.NDArray[np.float64]


class Wanted(NamedTuple):
    """Corners (n, 4) in input pixels, scores (n,), rows (n,)."""

    corners: Floats
    scores: Floats
    rows: npt.NDArray[np.intp]


def card(decoder: str, task: str = "detection", **said: Any) -> Card:
    record = {
        "task": task,
        "classes": NAMES,
        "input": CardInput(size=SIZE, resize="letterbox"),
        "output": CardOutput(decoder=decoder, **said),
        "confidence": FLOOR,
    }
    return msgspec.convert(record, Card)


def centres(corners: Floats) -> Floats:
    return np.concatenate([(corners[:, :2] + corners[:, 2:]) / 2, corners[:, 2:] - corners[:, :2]], axis=1)


def scored(wanted: Wanted) -> Floats:
    table = np.full((len(wanted.rows), len(NAMES)), 0.01)
    table[np.arange(len(wanted.rows)), wanted.rows] = wanted.scores
    return table


def scattered(rows: Floats, anchors: int) -> npt.NDArray[Any]:
    """Put the rows among anchors that answer nothing: shape (1, anchors, columns)."""
    table = np.zeros((anchors, rows.shape[1]))
    table[np.arange(len(rows)) * 7 + 3] = rows
    return table[None].astype(np.float32)


def yolo(wanted: Wanted) -> list[npt.NDArray[Any]]:
    return [scattered(np.concatenate([centres(wanted.corners), scored(wanted)], axis=1), 64).transpose(0, 2, 1)]


def yolo_rows_last(wanted: Wanted) -> list[npt.NDArray[Any]]:
    return [yolo(wanted)[0].transpose(0, 2, 1)]


def yolo_relative(wanted: Wanted) -> list[npt.NDArray[Any]]:
    return yolo(wanted._replace(corners=wanted.corners / np.array(SIZE * 2)))


def yolov5(wanted: Wanted) -> list[npt.NDArray[Any]]:
    sure = np.sqrt(wanted.scores)[:, None]
    return [scattered(np.concatenate([centres(wanted.corners), sure, scored(wanted) / sure], axis=1), 64)]


def yolo_nms(wanted: Wanted) -> list[npt.NDArray[Any]]:
    rows = np.concatenate([wanted.corners, wanted.scores[:, None], wanted.rows[:, None]], axis=1)
    return [np.concatenate([rows, np.zeros((9, 6))])[None].astype(np.float32)]


def detr(wanted: Wanted) -> list[npt.NDArray[Any]]:
    boxes = centres(wanted.corners) / np.array(SIZE * 2)
    rest = 1 - scored(wanted).sum(axis=1, keepdims=True)
    logits = np.log(np.concatenate([scored(wanted), np.maximum(rest, 1e-6)], axis=1))
    return [logits[None].astype(np.float32), boxes[None].astype(np.float32)]


def rt_detr(wanted: Wanted) -> list[npt.NDArray[Any]]:
    logits = np.log(scored(wanted) / (1 - scored(wanted)))
    return [logits[None].astype(np.float32), detr(wanted)[1]]


def yolox(wanted: Wanted) -> list[npt.NDArray[Any]]:
    rows, (points, strides) = centres(wanted.corners), anchored(0.0)
    table = np.zeros((len(points), 5 + len(NAMES)), dtype=np.float32)
    for row, own, scores in zip(rows, np.arange(len(rows)) * 9 + 5, scored(wanted), strict=True):
        offsets = [*(row[:2] - points[own]) / strides[own], *np.log(row[2:] / strides[own])]
        table[own] = [*offsets, 0.9, *scores / 0.9]
    return [table[None]]


def nanodet(wanted: Wanted, middle: float = 0.5) -> list[npt.NDArray[Any]]:
    points, strides = anchored(middle)
    table = np.zeros((len(points), len(NAMES) + 32), dtype=np.float32)
    for corners, scores in zip(wanted.corners, scored(wanted), strict=True):
        far = np.concatenate([points - corners[:2], corners[2:] - points], axis=1) / strides[:, None]
        free = table[:, : len(NAMES)].max(axis=1) == 0
        own = int(np.flatnonzero((far >= 0).all(axis=1) & (far <= 7).all(axis=1) & free)[0])
        table[own] = [*scores, *np.concatenate([between(distance) for distance in far[own]])]
    return [table[None]]


def nanodet_plus(wanted: Wanted) -> list[npt.NDArray[Any]]:
    return nanodet(wanted, 0.0)


def between(distance: float) -> Floats:
    """Give logits whose distribution over 0 to 7 has this mean: all of it on the two whole distances beside it."""
    low = min(int(distance), 6)
    shares = np.full(8, 1e-9)
    shares[low], shares[low + 1] = max(1 - (distance - low), 1e-9), max(distance - low, 1e-9)
    return np.asarray(np.log(shares) + 3.0)


def anchored(middle: float) -> tuple[Floats, Floats]:
    """Place one anchor a cell, row by row, stride by stride: points (n, 2) in input pixels, strides (n,)."""
    cells = [
        ((column + middle) * stride, (row + middle) * stride, stride)
        for stride in STRIDES
        for row in range(-(-SIZE[1] // stride))
        for column in range(-(-SIZE[0] // stride))
    ]
    table = np.array(cells, dtype=np.float64)
    return table[:, :2], table[:, 2]


def ssd(wanted: Wanted, order: str = "bcsn") -> list[npt.NDArray[Any]]:
    count = len(wanted.rows)
    spare = np.full((1, 4), 0.5)
    boxes = np.concatenate([wanted.corners[:, [1, 0, 3, 2]] / np.array(SIZE[::-1] * 2), spare])
    parts = {
        "b": boxes[None],
        "c": np.append(wanted.rows, 0)[None],
        "s": np.append(wanted.scores, 0.99)[None],
        "n": np.array([count]),
    }
    return [parts[one].astype(np.float32) for one in order]


def ssd_scores_first(wanted: Wanted) -> list[npt.NDArray[Any]]:
    return ssd(wanted, "sbnc")


def ssd_count_first(wanted: Wanted) -> list[npt.NDArray[Any]]:
    return ssd(wanted, "nbsc")


def torchvision(wanted: Wanted) -> list[npt.NDArray[Any]]:
    return [wanted.corners.astype(np.float32), wanted.rows.astype(np.int64) + 1, wanted.scores.astype(np.float32)]


HEADS: dict[Callable[[Wanted], list[npt.NDArray[Any]]], Card] = {
    yolo: card("yolo"),
    yolo_rows_last: card("yolo"),
    yolo_relative: card("yolo", coordinates="relative"),
    yolov5: card("yolov5"),
    yolo_nms: card("yolo_nms"),
    detr: card("detr", activation="softmax"),
    rt_detr: card("detr", activation="sigmoid"),
    yolox: card("yolox"),
    nanodet: card("nanodet"),
    nanodet_plus: card("nanodet_plus"),
    ssd: card("ssd"),
    ssd_scores_first: card("ssd"),
    ssd_count_first: card("ssd"),
    torchvision: card("torchvision", class_offset=-1),
}
SAYS_NO_CLASSES = {yolo_nms, ssd, ssd_scores_first, ssd_count_first, torchvision}


@st.composite
def objects(draw: st.DrawFn) -> Floats:
    """One to three boxes in frame pixels, x y width height, from a quarter of the frame on."""
    count = draw(st.integers(1, 3))
    sides = [[draw(st.floats(0.35, 0.5)) for _ in "wh"] for _ in range(count)]
    corners = [[draw(st.floats(0.0, 1 - side)) for side in pair] for pair in sides]
    return np.array([[*at, *side] for at, side in zip(corners, sides, strict=True)]) * np.array(FRAME * 2)


@pytest.mark.parametrize("encode", HEADS, ids=lambda one: one.__name__)
@settings(max_examples=15, deadline=None)
@given(boxes=objects())
def test_boxes_come_back(encode: Callable[[Wanted], list[npt.NDArray[Any]]], boxes: Floats) -> None:
    how = HEADS[encode]
    where = place(FRAME, how.input)
    scale, offset = np.array(where.scale * 2), np.array(where.offset * 2)
    corners = np.concatenate([boxes[:, :2], boxes[:, :2] + boxes[:, 2:]], axis=1) * scale + offset
    scores = np.linspace(0.85, 0.45, len(boxes))
    outputs = encode(Wanted(corners, scores, np.arange(len(boxes))))
    decoder = open_decoder(how.output.decoder)
    head = decoder.classes([output.shape for output in outputs], how)
    assert head == (None if encode in SAYS_NO_CLASSES else len(NAMES))
    answer = decoder.decode(outputs, how, where, FLOOR)
    assert isinstance(answer, Boxes)
    assert answer.rows.tolist() == list(range(len(boxes)))
    assert np.allclose(answer.scores, scores, atol=1e-3)
    assert np.allclose(answer.xywh, boxes, atol=0.05)


@pytest.mark.parametrize(
    ("decoder", "shapes", "said"),
    [
        ("yolo", [(1, 39, 8400), (1, 32, 160, 160)], "export the detect task"),
        ("yolov5", [(1, 25200, 117), (1, 32, 160, 160)], "export the detect task"),
        ("yolov5", [(1, 3, 80, 80, 85), (1, 3, 40, 40, 85), (1, 3, 20, 20, 85)], "with their grid"),
        ("yolo", [(1, 4, 8400)], r"4 \+ classes"),
        ("yolo_nms", [(1, 300, 38)], "x1 y1 x2 y2 score class"),
        ("detr", [(1, 300, 4)], "queries"),
        ("nanodet_plus", [(1, 64, 30)], r"classes \+ 32"),
        ("nanodet", [(1, 63, 35)], r"\[1, 64, classes"),
        ("yolox", [(1, 63, 8)], r"\[1, 64, 5 \+ classes\]"),
        ("ssd", [(1, 10, 4), (1, 10), (1, 10)], "scores and count"),
        ("ssd", [(1, 10, 4), (1, 10, 1), (1, 10), (1,)], "scores and count"),
        ("torchvision", [(1, 10, 4), (10,), (10,)], r"boxes \[n, 4\]"),
    ],
)
def test_other_outputs_are_refused_in_one_line(decoder: str, shapes: list[Shape], said: str) -> None:
    with pytest.raises(Mismatch, match=said) as error:
        open_decoder(decoder).classes(shapes, card(decoder))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("decoder", "shape", "count"),
    [
        ("yolo", (1, 84, 8400), 80),
        ("yolo", (1, 8400, 84), 80),
        ("yolo", (1, 8, None), 4),
        ("yolo", (1, None, 7), 3),
        ("yolov5", (1, None, 85), 80),
        ("nanodet_plus", (1, None, 112), 80),
    ],
)
def test_the_head_says_its_classes_whatever_the_card_says(decoder: str, shape: Shape, count: int) -> None:
    assert open_decoder(decoder).classes([shape], card(decoder)) == count


def mask(output: npt.NDArray[Any], names: tuple[str, ...], layout: str = "nchw", **said: Any) -> list[list[int]]:
    how = msgspec.structs.replace(card("argmax", "segmentation", **said), classes=names)
    how = msgspec.structs.replace(how, input=msgspec.structs.replace(how.input, size=(2, 2), layout=layout))
    answer = open_decoder("argmax").decode([output], how, place((2, 2), how.input), 0.0)
    assert isinstance(answer, Mask)
    return [[int(row) for row in line] for line in answer.rows]


def test_masks_of_probabilities_of_one_channel_and_of_numbers() -> None:
    truth = np.array([[0, 1], [2, 1]])
    likely = np.eye(3, dtype=np.float32)[truth] * 0.8 + 0.1
    assert mask(likely[None], NAMES, "nhwc") == truth.tolist()
    assert mask(likely.transpose(2, 0, 1)[None], NAMES) == truth.tolist()
    assert mask(truth[None].astype(np.float32), NAMES) == truth.tolist()
    part = np.array([[[[0.1, 0.6], [0.5, 0.4]]]], dtype=np.float32)
    assert mask(part, ("background", "part")) == [[0, 1], [1, 0]]
    assert mask(np.log(part / (1 - part)) + 1e-6, ("background", "part"), activation="sigmoid") == [[0, 1], [1, 0]]
    assert mask(part.transpose(0, 2, 3, 1), ("background", "part"), "nhwc") == [[0, 1], [1, 0]]
