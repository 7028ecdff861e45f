"""Average precision by the rules of other tools, against plain readings of their code one answer at a time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readiness.measures import conventions, matching
from readiness.measures.matching import Found, Truth

outcomes = st.lists(st.booleans(), min_size=1, max_size=30)


def ultralytics(right: list[bool], objects: int, *, drop: bool) -> float:
    """The area that compute_ap of Ultralytics gives; before 8.4 the curve fell to 0 only at recall 1."""
    hits = np.cumsum(right)
    recall, precision = hits / objects, hits / np.arange(1, len(right) + 1)
    x = [0.0, *recall, *([recall[-1]] if drop else []), 1.0]
    y = [1.0, *precision, *([0.0] if drop else []), 0.0]
    y = [max(y[i:]) for i in range(len(y))]
    grid = np.linspace(0, 1, 101)
    return float(np.trapezoid(np.interp(grid, x, y), grid))


def voc(right: list[bool], objects: int, *, eleven: bool) -> float:
    hits = np.cumsum(right)
    recall, precision = hits / objects, hits / np.arange(1, len(right) + 1)
    if eleven:
        return float(np.mean([max(precision[recall >= t], default=0.0) for t in (i / 10 for i in range(11))]))
    steps = [(recall[i] - (recall[i - 1] if i else 0.0)) * precision[i:].max() for i in range(len(right))]
    return float(sum(steps))


@given(right=outcomes, more=st.integers(0, 5))
@settings(max_examples=200, deadline=None)
def test_curves(right: list[bool], more: int) -> None:
    objects = max(1, sum(right) + more)

    def ap(curve: conventions.Curve) -> float:
        rows = np.zeros(len(right), dtype=np.intp)
        return float(conventions.average_precisions(np.array(right), rows, np.array([objects]), curve)[0])

    assert ap("11 points") == pytest.approx(voc(right, objects, eleven=True))
    assert ap("all points") == pytest.approx(voc(right, objects, eleven=False))
    if any(right):  # Ultralytics reports nothing at all where no answer is right
        assert ap("ramp") == pytest.approx(ultralytics(right, objects, drop=False))
        assert ap("drop") == pytest.approx(ultralytics(right, objects, drop=True))


def claimed(found: Found, truth: Truth, least: float) -> list[int]:
    """Pascal VOC's devkit: the best score first, each answer looks only at the object it overlaps most."""
    taken: set[int] = set()
    out = [-1] * found.scores.size
    for one in sorted(range(found.scores.size), key=lambda i: -found.scores[i]):
        best, object_ = 0.0, -1
        for other in range(truth.groups.size):
            if truth.groups[other] == found.groups[one]:
                pair = Found(found.boxes[[one]], found.scores[[one]], found.groups[[one]])
                of = Truth(truth.boxes[[other]], truth.groups[[other]], truth.crowd[[other]])
                overlap = float(matching.near(pair, of, 0.0).overlap.max(initial=0.0))
                if overlap > best:
                    best, object_ = overlap, other
        if best >= least and object_ not in taken:
            taken.add(object_)
            out[one] = object_
    return out


@pytest.mark.parametrize("seed", range(20))
def test_claims_are_those_of_pascal_voc(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, m = 25, 12
    truth = Truth(
        np.c_[rng.random((m, 2)) * 30, 10 + rng.random((m, 2)) * 15], rng.integers(0, 2, m), np.zeros(m, bool)
    )
    of = rng.integers(0, m, n)
    boxes = truth.boxes[of] + rng.normal(0, 2.5, (n, 4))
    found = Found(boxes, rng.random(n), truth.groups[of])
    made = conventions.claims(found, matching.near(found, truth, 0.5))
    for least in (0.5, 0.75):
        assert conventions.granted(made, n, least).tolist() == claimed(found, truth, least)


def test_a_claim_is_not_passed_on_to_the_next_best_object() -> None:
    """Both answers overlap the first object most; COCO would give the second one the other object."""
    boxes = np.array([[0.0, 0, 10, 10], [3.0, 0, 10, 10]])
    truth = Truth(boxes, np.zeros(2, dtype=np.intp), np.zeros(2, dtype=bool))
    found = Found(np.array([[0.0, 0, 10, 10], [1.0, 0, 10, 10]]), np.array([0.9, 0.8]), np.zeros(2, dtype=np.intp))
    made = conventions.claims(found, matching.near(found, truth, 0.5))
    assert conventions.granted(made, 2, 0.5).tolist() == [0, -1]
    assert matching.match(found, truth, 0.5).objects.tolist() == [0, 1]


def test_best_f1_of_answers_that_part_at_a_score() -> None:
    right = np.array([True] * 8 + [False] * 8)
    scores = np.concatenate([np.linspace(0.9, 0.7, 8), np.linspace(0.3, 0.1, 8)])
    confidence, precision, recall = conventions.best_f1(right, np.zeros(16, dtype=np.intp), scores, np.array([8]))
    assert 0.3 < confidence < 0.7
    assert recall == 1.0
    assert precision > 0.85
