"""The sweep against all pairs."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from readiness.measures import sweep

interval = st.tuples(st.integers(0, 3), st.integers(0, 30), st.integers(0, 6))


def pairs(spans: list[tuple[int, int, int]], most: int = 99) -> list[tuple[int, int]]:
    group, low, width = (np.array(column) for column in zip(*spans, strict=True))
    order = sweep.order(group, low)
    group, low, high = group[order], low[order].astype(float), (low + width)[order].astype(float)
    alive = np.ones(order.size, dtype=bool)
    found = sweep.overlapping(group, low, high, alive, most)
    return [
        (int(order[i]), int(order[j]))
        for one, other in found
        for i, j in zip(one.tolist(), other.tolist(), strict=True)
    ]


@settings(deadline=None)
@given(st.lists(interval, min_size=1, max_size=20))
def test_every_overlapping_pair_of_a_group_once_and_no_other(spans: list[tuple[int, int, int]]):
    def touch(a: tuple[int, int, int], b: tuple[int, int, int]) -> bool:
        first, second = sorted((a, b), key=lambda span: span[1])
        return a[0] == b[0] and second[1] <= first[1] + first[2]

    found = [tuple(sorted(pair)) for pair in pairs(spans)]
    wanted = [(i, j) for j in range(len(spans)) for i in range(j) if touch(spans[i], spans[j])]
    # Of two that begin together either may come first, and the shorter may end before it reaches the other.
    assert len(found) == len(set(found))
    assert {pair for pair in wanted if spans[pair[0]][1] != spans[pair[1]][1]} <= set(found) <= set(wanted)


def test_what_is_taken_out_meets_nobody_and_the_number_of_partners_is_bounded():
    group, low = np.zeros(1000, dtype=np.intp), np.zeros(1000)
    alive = np.ones(1000, dtype=bool)
    met = 0
    for _, second in sweep.overlapping(group, low, low, alive, 4096):
        alive[second] = False
        met += second.size
    assert met == 999
    assert len(pairs([(0, 0, 1)] * 50, most=2)) == 49 + 48
