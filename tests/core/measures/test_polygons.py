"""Areas against COCO's own masks and known shapes; crossings against every pair of edges."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycocotools import mask

from readiness.measures import polygons

corner = st.tuples(st.integers(0, 40), st.integers(0, 40))
BOW_TIE = (0, 0, 10, 10, 10, 0, 0, 10)
SQUARE = (0, 0, 10, 0, 10, 10, 0, 10)


def flat(*rings: tuple[float, ...]) -> polygons.Rings:
    return polygons.flat(rings)


def test_areas_and_corners_of_known_rings():
    rings = flat(SQUARE, (*SQUARE, 0, 0), (0, 0, 10, 0, 0, 10), (5, 5, 5, 5, 5, 5), (0, 0, 4, 4, 0, 0, 4, 4), BOW_TIE)
    assert polygons.areas(rings).tolist() == [100, 100, 50, 0, 0, 0]
    assert polygons.corners(rings).tolist() == [4, 4, 3, 0, 4, 4]


def test_no_ring_at_all():
    assert polygons.areas(flat()).tolist() == polygons.turned_over(flat()).tolist() == []


def test_the_area_is_near_that_of_cocos_mask():
    rng = np.random.default_rng(1)
    angles = np.sort(rng.uniform(0, 2 * np.pi, 40))
    radius = rng.uniform(100, 200, 40)
    ring = np.column_stack([240 + radius * np.cos(angles), 240 + radius * np.sin(angles)]).ravel().tolist()
    pixels = mask.area(mask.merge(mask.frPyObjects([ring], 480, 480)))
    assert polygons.areas(flat(tuple(ring)))[0] == pytest.approx(pixels, rel=0.01)


def test_a_crossing_gives_its_smaller_loop():
    slip = (0, 0, 100, 0, 100, 100, 50, 100, 52, 102, 52, 98, 48, 100, 0, 100)
    loops = polygons.turned_over(flat(BOW_TIE, SQUARE, slip))
    assert loops.tolist()[:2] == [25, 0]
    assert 0 < loops[2] < 10


def _largest_loop(shape: list[tuple[int, int]]) -> float:
    """Walk every pair of crossing edges and measure both loops by themselves."""
    points = [np.array(point, dtype=np.float64) for point in shape]
    largest = 0.0
    for i, j in itertools.combinations(range(len(points)), 2):
        a, b, c, d = points[i], points[(i + 1) % len(points)], points[j], points[(j + 1) % len(points)]
        across = np.column_stack([b - a, c - d])
        if abs(np.linalg.det(across)) < 1e-9:
            continue
        along, other = np.linalg.solve(across, c - a)
        if 1e-9 < along < 1 - 1e-9 and 1e-9 < other < 1 - 1e-9:
            meeting = a + along * (b - a)
            loops = ([meeting, *points[i + 1 : j + 1]], [meeting, *points[j + 1 :], *points[: i + 1]])
            largest = max(largest, min(_area(loop) for loop in loops))
    return largest


def _area(loop: list[np.ndarray]) -> float:
    x, y = np.array(loop).T
    return float(abs(x @ np.roll(y, -1) - y @ np.roll(x, -1))) / 2


@settings(deadline=None, max_examples=200)
@given(st.lists(st.lists(corner, min_size=3, max_size=9), min_size=1, max_size=4))
def test_loops_are_those_of_every_pair_of_edges(shapes: list[list[tuple[int, int]]]):
    rings = [tuple(float(value) for point in shape for value in point) for shape in shapes]
    loops = polygons.turned_over(polygons.flat(rings))
    assert loops.tolist() == pytest.approx([_largest_loop(shape) for shape in shapes], abs=1e-6)


@settings(deadline=None)
@given(st.lists(corner, min_size=3, max_size=9), st.integers(-500, 500), st.sampled_from([0.5, 2.0, 4.0]))
def test_loops_move_with_the_ring_grow_with_its_square_and_know_no_first_corner(
    shape: list[tuple[int, int]], shift: int, scale: float
):
    def loop(points: np.ndarray) -> float:
        return float(polygons.turned_over(flat(tuple(points.ravel().tolist())))[0])

    points = np.array(shape, dtype=np.float64)
    plain = loop(points)
    assert loop(points + shift) == pytest.approx(plain, abs=1e-6)
    assert loop(points * scale) == pytest.approx(plain * scale**2, abs=1e-6)
    assert loop(np.roll(points, 1, axis=0)) == pytest.approx(plain, abs=1e-6)
    assert loop(points[::-1]) == pytest.approx(plain, abs=1e-6)


def test_one_ring_out_of_reach_drowns_no_other():
    far = tuple(value * 1e11 for value in BOW_TIE)
    assert polygons.turned_over(flat(far, BOW_TIE)).tolist() == [0, 25]


@pytest.mark.timeout(60)
def test_a_ring_of_a_million_corners_takes_seconds():
    """It lies over itself again and again: every edge overlaps thousands of others."""
    numbers = range(1_000_000)
    found = polygons.turned_over(polygons.flat([[float(xy) for n in numbers for xy in (n % 151, n * 7 % 149)]]))
    assert found.shape == (1,)
    assert found[0] > 0
