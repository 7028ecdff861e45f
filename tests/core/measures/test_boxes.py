"""Box arithmetic against COCO's own mask code, and suppression against its definition."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from pycocotools import mask

from readiness.measures import boxes

side = st.floats(0.5, 200, width=32)
box = st.tuples(st.floats(-50, 200, width=32), st.floats(-50, 200, width=32), side, side)


@settings(deadline=None)
@given(st.lists(box, min_size=1, max_size=8), st.lists(st.tuples(box, st.booleans()), min_size=1, max_size=8))
def test_iou_is_cocos(first: list[tuple[float, ...]], second: list[tuple[tuple[float, ...], bool]]) -> None:
    one, other = np.array(first), np.array([b for b, _ in second])
    crowd = np.array([c for _, c in second])
    wanted = mask.iou(one, other, crowd.astype(np.uint8).tolist())
    answer = boxes.iou(boxes.corners(one), boxes.corners(other), crowd)
    np.testing.assert_allclose(answer, wanted, atol=1e-9)


@settings(deadline=None)
@given(st.lists(st.tuples(box, box), min_size=1, max_size=8))
def test_iou_each_is_the_diagonal_of_iou(pairs: list[tuple[tuple[float, ...], tuple[float, ...]]]) -> None:
    one, other = (boxes.corners(np.array(column)) for column in zip(*pairs, strict=True))
    np.testing.assert_allclose(boxes.iou_each(one, other), np.diag(boxes.iou(one, other)), atol=1e-12)


def test_iou_of_empty_boxes_is_nothing() -> None:
    empty = np.array([[5.0, 5, 5, 9]])
    assert boxes.iou(empty, empty).tolist() == [[0.0]]
    assert boxes.iou(empty, empty, np.array([True])).tolist() == [[0.0]]
    assert boxes.iou(np.zeros((0, 4)), empty).shape == (0, 1)


@settings(deadline=None)
@given(st.lists(st.tuples(box, st.integers(0, 1)), min_size=1, max_size=14), st.sampled_from([0.3, 0.5, 0.7]))
def test_suppression_keeps_what_no_better_box_covers(
    found: list[tuple[tuple[float, ...], int]], overlap: float
) -> None:
    corners = boxes.corners(np.array([b for b, _ in found]))
    classes = np.array([c for _, c in found], dtype=np.intp)
    scores = np.linspace(0.9, 0.1, len(found))
    wanted: list[int] = []
    for i in range(len(found)):
        same = [j for j in wanted if classes[j] == classes[i]]
        if not same or boxes.iou(corners[[i]], corners[same]).max() <= overlap:
            wanted.append(i)
    assert boxes.suppress(corners, scores, classes, overlap).tolist() == wanted


def test_suppression_keeps_the_earlier_of_equals() -> None:
    twice = np.array([[0.0, 0, 4, 4], [0, 0, 4, 4]])
    assert boxes.suppress(twice, np.array([0.5, 0.5]), np.array([0, 0]), 0.5).tolist() == [0]
    assert boxes.suppress(np.zeros((0, 4)), np.zeros(0), np.zeros(0, dtype=np.intp), 0.5).size == 0
