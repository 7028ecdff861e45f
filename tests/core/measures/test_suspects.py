"""Suspected labels: every seeded fault is found and ranked first, a right labelling raises nothing."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readiness.measures import suspects
from readiness.measures.suspects import Boxes

CLASSES = 4
PER_IMAGE = 6
IMAGES = 60


def labelled(seed: int) -> Boxes:
    """Six objects an image, apart from each other on a grid."""
    rng = np.random.default_rng(seed)
    image = np.repeat(np.arange(IMAGES), PER_IMAGE)
    cell = np.tile(np.arange(PER_IMAGE), IMAGES)
    corner = np.column_stack([100.0 * (cell % 3), 100.0 * (cell // 3)]) + rng.uniform(0, 30, (image.size, 2))
    boxes = np.column_stack([corner, rng.uniform(40, 65, (image.size, 2))])
    return Boxes(image, rng.integers(0, CLASSES, image.size), boxes)


def answered(truth: Boxes, seed: int) -> tuple[Boxes, npt.NDArray[np.float64]]:
    """What a good detector says: every object, a little off, with scores from 0.55 to 0.98."""
    rng = np.random.default_rng(seed + 1)
    boxes = truth.boxes + rng.normal(0, 1.5, truth.boxes.shape)
    return Boxes(truth.image, truth.row, boxes), rng.uniform(0.55, 0.98, truth.row.size)


def found(answers: Boxes, scores: npt.NDArray[np.float64], labels: Boxes) -> dict[str, suspects.Suspects]:
    return suspects.of_boxes(answers, scores, labels, np.zeros(labels.row.size, dtype=bool), CLASSES)


def without(boxes: Boxes, gone: npt.NDArray[np.intp]) -> Boxes:
    keep = np.setdiff1d(np.arange(boxes.row.size), gone)
    return Boxes(*(column[keep] for column in boxes))


@pytest.mark.parametrize("seed", range(5))
def test_a_right_labelling_raises_nothing(seed: int):
    truth = labelled(seed)
    answers, scores = answered(truth, seed)
    assert {kind: one.answers.size for kind, one in found(answers, scores, truth).items()} == {
        "missing": 0,
        "class": 0,
        "box": 0,
    }


@pytest.mark.parametrize("seed", range(5))
def test_sure_answers_name_every_seeded_fault_and_no_other(seed: int):
    truth = labelled(seed)
    answers, scores = answered(truth, seed)
    gone, swapped, moved = np.random.default_rng(seed).permutation(truth.row.size)[:36].reshape(3, 12)
    scores[[gone, swapped, moved]] = 0.95
    row, boxes = truth.row.copy(), truth.boxes.copy()
    row[swapped] = (row[swapped] + 1) % CLASSES
    boxes[moved, :2] += 0.45 * boxes[moved, 2:]
    # The labels keep their numbers: what is gone is thrown far off the frame into an image of its own.
    image = truth.image.copy()
    image[gone] = IMAGES + 1
    said = found(answers, scores, Boxes(image, row, boxes))
    assert set(said["missing"].answers.tolist()) == set(gone.tolist())
    assert set(said["class"].labels.tolist()) == set(swapped.tolist())
    assert set(said["box"].labels.tolist()) == set(moved.tolist())
    for one in said.values():
        assert (np.diff(one.doubt) <= 0).all()


def test_an_unsure_answer_suspects_nothing():
    truth = labelled(1)
    answers, scores = answered(truth, 1)
    scores[:5] = 0.3
    assert found(answers, scores, without(truth, np.arange(5)))["missing"].answers.size == 0


def test_the_limit_is_the_models_own_and_not_a_fixed_score():
    truth = labelled(2)
    answers, scores = answered(truth, 2)
    timid = scores * 0.4
    timid[:5] = 0.39
    assert found(answers, timid, without(truth, np.arange(5)))["missing"].answers.tolist() == [0, 1, 2, 3, 4]


def test_a_model_of_one_score_is_sure_of_it():
    truth = labelled(2)
    answers, scores = answered(truth, 2)
    same = np.full(scores.size, 0.9)
    assert found(answers, same, without(truth, np.arange(5)))["missing"].answers.tolist() == [0, 1, 2, 3, 4]


def test_a_model_that_never_agrees_suspects_nothing():
    truth = labelled(3)
    answers, scores = answered(truth, 3)
    elsewhere = Boxes(answers.image + IMAGES, answers.row, answers.boxes)
    assert found(elsewhere, scores, truth)["missing"].answers.size == 0


def test_what_lies_in_a_crowd_is_not_missing():
    truth = labelled(4)
    answers, scores = answered(truth, 4)
    scores[:6] = 0.95
    labels = without(truth, np.arange(6))
    region = Boxes(np.array([0]), truth.row[:1], np.array([[0.0, 0.0, 400.0, 300.0]]))
    both = Boxes(*(np.concatenate(pair) for pair in zip(labels, region, strict=True)))
    crowd = np.arange(both.row.size) == labels.row.size
    assert suspects.of_boxes(answers, scores, both, crowd, CLASSES)["missing"].answers.size == 0


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_the_order_of_answers_and_labels_does_not_count(seed: int):
    truth = labelled(5)
    answers, scores = answered(truth, 5)
    labels = without(truth, np.arange(0, 40, 7))
    rng = np.random.default_rng(seed)
    p, q = rng.permutation(scores.size), rng.permutation(labels.row.size)
    one = found(answers, scores, labels)
    two = found(Boxes(*(column[p] for column in answers)), scores[p], Boxes(*(column[q] for column in labels)))
    for kind in one:
        assert set(one[kind].answers.tolist()) == set(p[two[kind].answers].tolist())


def test_class_labels_that_a_sure_answer_contradicts():
    rng = np.random.default_rng(6)
    said = rng.integers(0, CLASSES, 400)
    scores = rng.uniform(0.6, 0.95, 400)
    wrong = rng.permutation(400)[:20]
    labels = said.copy()
    labels[wrong] = (labels[wrong] + 1) % CLASSES
    scores[wrong] = 0.97
    unsure = wrong[:4]
    scores[unsure] = 0.5
    doubted = suspects.of_labels(said, scores, labels, CLASSES)
    assert set(doubted.labels.tolist()) == set(wrong[4:].tolist())
