"""Kinds of error and what mending them gains, against a plain reading of the paper and its tool, answer by answer."""

from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readiness.measures import error_kinds, matching
from readiness.measures.error_kinds import (
    BACKGROUND,
    BOX,
    CLASS,
    CLASS_AND_BOX,
    DUPLICATE,
    IGNORED,
    MISSED,
    RIGHT,
    Sorted,
)
from readiness.measures.matching import Found, Truth

Box = tuple[float, float, float, float]
A: Box = (0.0, 0.0, 40.0, 40.0)
B: Box = (100.0, 0.0, 40.0, 40.0)
NEAR: Box = (25.0, 0.0, 40.0, 40.0)  # IoU 0.23 with A


class Scene(NamedTuple):
    """Answers of image, class, score, box; objects of image, class, crowd, box."""

    said: list[tuple[int, int, float, Box]]
    things: list[tuple[int, int, bool, Box]]


def arrays(scene: Scene) -> tuple[Found, np.ndarray, Truth, np.ndarray]:
    image, said, score, boxes = ([one[i] for one in scene.said] for i in range(4))
    where, classes, crowd, objects = ([one[i] for one in scene.things] for i in range(4))
    found = Found(np.array(boxes, float).reshape(-1, 4), np.array(score, float), np.array(image, dtype=np.intp))
    truth = Truth(np.array(objects, float).reshape(-1, 4), np.array(where, dtype=np.intp), np.array(crowd, dtype=bool))
    return found, np.array(said, dtype=np.intp), truth, np.array(classes, dtype=np.intp)


def sorted_out(scene: Scene) -> Sorted:
    found, said, truth, classes = arrays(scene)
    own = found._replace(groups=found.groups * 9 + said), truth._replace(groups=truth.groups * 9 + classes)
    pairs = matching.near(found, truth, 0.1)
    return error_kinds.sort_out(pairs, said, classes, truth.crowd, matching.match(*own, 0.5), 0.5)


def gained(scene: Scene) -> tuple[float, np.ndarray] | None:
    found, said, truth, classes = arrays(scene)
    return error_kinds.gains(sorted_out(scene), found.scores, said, classes, truth.crowd)


def iou(one: Box, other: Box) -> float:
    sides = [min(one[i] + one[i + 2], other[i] + other[i + 2]) - max(one[i], other[i]) for i in (0, 1)]
    both = sides[0] * sides[1] if min(sides) > 0 else 0.0
    union = one[2] * one[3] + other[2] * other[3] - both
    return both / union if union > 0 else 0.0


@pytest.mark.parametrize(
    ("said", "kind", "about"),
    [
        ((0, 0, 0.9, A), RIGHT, 0),
        ((0, 1, 0.9, A), CLASS, 0),
        ((0, 0, 0.9, NEAR), BOX, 0),
        ((0, 1, 0.9, NEAR), CLASS_AND_BOX, 0),
        ((0, 0, 0.9, B), BACKGROUND, -1),
        ((1, 0, 0.9, A), BACKGROUND, -1),
        ((0, 0, 0.9, (200.0, 0.0, 9.0, 9.0)), IGNORED, -1),
    ],
)
def test_each_kind(said: tuple[int, int, float, Box], kind: int, about: int) -> None:
    things = [(0, 0, False, A), (0, 0, True, (190.0, 0.0, 40.0, 40.0))]
    found = sorted_out(Scene([said], things))
    assert (found.kind.tolist(), found.about.tolist()) == ([kind], [about])


def test_the_second_answer_of_one_object_is_a_duplicate() -> None:
    found = sorted_out(Scene([(0, 0, 0.5, A), (0, 0, 0.9, A)], [(0, 0, False, A)]))
    assert found.kind.tolist() == [DUPLICATE, RIGHT]


def test_fifty_false_answers_of_an_absent_class_are_background_with_a_gain() -> None:
    """COCO's tools give AP 1.000 here: they leave a class without objects out of the mean, with all its answers."""
    said = [(i, 0, 0.9, A) for i in range(50)] + [(i, 1, 0.95, B) for i in range(50)]
    found = gained(Scene(said, [(i, 0, False, A) for i in range(50)]))
    assert found is not None
    assert found[0] == pytest.approx(0.5)
    assert found[1].tolist() == pytest.approx([0, 0, 0, 0, 0.5, 0])


def test_only_the_best_of_two_that_mean_one_object_becomes_right() -> None:
    """Mended, the better one of two misplaced is right and the other gone: AP 1, not two right answers."""
    found = gained(Scene([(0, 0, 0.9, NEAR), (0, 0, 0.8, NEAR)], [(0, 0, False, A)]))
    assert found is not None
    assert found[0] == 0
    assert found[1].tolist() == pytest.approx([0, 1, 0, 0, 0, 0])


def test_a_misplaced_answer_of_a_found_object_is_removed() -> None:
    found = gained(Scene([(0, 0, 0.9, NEAR), (0, 0, 0.8, A)], [(0, 0, False, A)]))
    assert found is not None
    assert found[0] == pytest.approx(0.5)
    assert found[1][BOX] == pytest.approx(0.5)


def test_nothing_said_is_all_missed() -> None:
    found = gained(Scene([], [(0, 0, False, A), (1, 1, False, A)]))
    assert found is not None
    assert found[0] == 0
    assert found[1].tolist() == [0, 0, 0, 0, 0, 1]


def test_no_object_has_no_average_precision() -> None:
    assert gained(Scene([(0, 0, 0.9, A)], [])) is None
    assert gained(Scene([(0, 0, 0.9, A)], [(0, 0, True, A)])) is None


corner = st.integers(0, 5).map(lambda n: 8.0 * n)
box = st.tuples(corner, corner, st.sampled_from([16.0, 24.0, 40.0]), st.sampled_from([16.0, 24.0, 40.0]))
answers = st.tuples(st.integers(0, 1), st.integers(0, 2), st.sampled_from([0.1, 0.3, 0.5, 0.8, 0.9]), box)
objects = st.tuples(st.integers(0, 1), st.integers(0, 2), st.booleans(), box)
scenes = st.builds(Scene, st.lists(answers, max_size=10), st.lists(objects, max_size=6))


def plain_kinds(scene: Scene) -> list[tuple[int, int]]:
    """Go through the answers as the paper puts its questions."""
    found, said, truth, classes = arrays(scene)
    own = found._replace(groups=found.groups * 9 + said), truth._replace(groups=truth.groups * 9 + classes)
    matched = matching.match(*own, 0.5)
    taken = {int(one) for one in matched.objects if one >= 0}
    out = []
    for i, (image, row, _, area) in enumerate(scene.said):
        if matched.objects[i] >= 0 or matched.ignored[i]:
            out.append((IGNORED, -1) if matched.ignored[i] else (RIGHT, int(matched.objects[i])))
            continue
        near = [(iou(area, b), -j) for j, (at, _, crowd, b) in enumerate(scene.things) if at == image and not crowd]
        own_best = max((one for one in near if classes[-one[1]] == row), default=(0.0, 1))
        other = max((one for one in near if classes[-one[1]] != row), default=(0.0, 1))
        if own_best[0] >= 0.1 and not (own_best[0] >= 0.5 and -own_best[1] in taken):
            out.append((BOX, -own_best[1]))
        elif other[0] >= 0.5:
            out.append((CLASS, -other[1]))
        elif own_best[0] >= 0.5:
            out.append((DUPLICATE, -own_best[1]))
        elif other[0] > 0.1:
            out.append((CLASS_AND_BOX, -other[1]))
        else:
            out.append((BACKGROUND, -1))
    return out


def plain_mean_ap(points: list[tuple[int, float, bool]], positives: list[int]) -> float:
    """Average the precision of (class, score, right) at 101 recall points, one by one."""
    every = []
    for row, count in enumerate(positives):
        mine = sorted((-score, right) for at, score, right in points if at == row)
        if not mine and not count:
            continue
        curve, hits = [], 0
        for n, (_, right) in enumerate(mine, 1):
            hits += right
            curve.append((hits, hits / n))
        best = [max((p for k, p in curve if k * 100 >= i * count), default=0.0) for i in range(101)]
        every.append(sum(best) / 101 if count else 0.0)
    return sum(every) / len(every) if every else 1.0


def plain_gains(scene: Scene) -> tuple[float, list[float]]:
    """Mend each kind in turn, answer by answer."""
    kinds = plain_kinds(scene)
    _, _, truth, classes = arrays(scene)
    positives = [int(((classes == row) & ~truth.crowd).sum()) for row in range(3)]
    taken = {about for kind, about in kinds if kind == RIGHT}
    best: dict[int, int] = {}
    for i, (kind, about) in enumerate(kinds):
        free = kind in {CLASS, BOX} and about not in taken
        if free and (about not in best or scene.said[i][2] > scene.said[best[about]][2]):
            best[about] = i
    counted = [i for i, (kind, _) in enumerate(kinds) if kind != IGNORED]
    as_said = {i: (scene.said[i][1], scene.said[i][2], kinds[i][0] == RIGHT) for i in counted}
    before = plain_mean_ap(list(as_said.values()), positives)
    out = []
    for kind in range(MISSED):
        points = {i: point for i, point in as_said.items() if kinds[i][0] != kind}
        for about, i in best.items():
            if kinds[i][0] == kind:
                points[i] = (int(classes[about]), scene.said[i][2], True)
        out.append(plain_mean_ap(list(points.values()), positives) - before)
    lost = [j for j, one in enumerate(scene.things) if not one[2] and j not in taken and j not in best]
    left = [n - sum(int(classes[j]) == row for j in lost) for row, n in enumerate(positives)]
    return before, [*out, plain_mean_ap(list(as_said.values()), left) - before]


@settings(max_examples=250, deadline=None)
@given(scenes)
def test_kinds_and_gains_are_those_of_a_plain_reading(scene: Scene) -> None:
    found = sorted_out(scene)
    assert list(zip(found.kind.tolist(), found.about.tolist(), strict=True)) == plain_kinds(scene)
    result = gained(scene)
    if all(crowd for _, _, crowd, _ in scene.things):
        assert result is None
    else:
        assert result is not None
        before, after = plain_gains(scene)
        assert result[0] == pytest.approx(before, abs=1e-12)
        assert result[1].tolist() == pytest.approx(after, abs=1e-12)
        assert (result[1] >= -1e-12).all()


@settings(max_examples=100, deadline=None)
@given(scenes, st.sampled_from([0.2, 0.4, 0.6]))
def test_a_threshold_only_takes_answers_away(scene: Scene, threshold: float) -> None:
    """The kind of an answer is that which it has among the answers at the threshold alone."""
    kept = [one for one in scene.said if one[2] >= threshold]
    every = [one for one, said in zip(sorted_out(scene).kind.tolist(), scene.said, strict=True) if said[2] >= threshold]
    assert sorted_out(Scene(kept, scene.things)).kind.tolist() == every
