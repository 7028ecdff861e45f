"""Whether two sides mean the same by their class numbers: which renumbering makes their answers agree."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

Indices = npt.NDArray[np.intp]
Bools = npt.NDArray[np.bool_]


class Agreement(NamedTuple):
    """`hits` of all pairs agree; `balanced` is the mean over the classes of the truth, so that none outweighs all."""

    hits: int
    balanced: float


def agreement(said: Indices, meant: Indices, reading: Indices) -> Agreement:
    """Compare answers `said` (n,), read by `reading` (codes,) as a class of the truth or -1, with `meant` (n,)."""
    right = reading[said] == meant
    trials = np.bincount(meant)
    shares = np.bincount(meant, weights=right, minlength=trials.size)[trials > 0] / trials[trials > 0]
    return Agreement(int(right.sum()), float(shares.mean()) if shares.size else 0.0)


def renumbering(said: Indices, meant: Indices, codes: int, classes: int) -> Indices:
    """Give the one-to-one reading (codes,) under which most pairs agree, -1 for a code without a class.

    Each class counts alike, whatever its size (linear sum assignment: Kuhn 1955, Jonker & Volgenant 1987).
    """
    table = np.zeros((codes, classes))
    np.add.at(table, (said, meant), 1.0)
    table /= np.maximum(table.sum(axis=0), 1)
    rows, columns = linear_sum_assignment(table, maximize=True)
    reading = np.full(codes, -1, dtype=np.intp)
    used = table[rows, columns] > 0
    reading[rows[used]] = columns[used]
    return reading


def held_out(said: Indices, meant: Indices, fold: Bools, codes: int, classes: int) -> Agreement:
    """Measure how well a renumbering found on one half of the pairs (`fold`, (n,)) fits the other, both ways.

    One that only follows chance fits the half it was found on, and not the other.
    """
    read = np.full(said.size, -1, dtype=np.intp)
    for half in (fold, ~fold):
        read[~half] = renumbering(said[half], meant[half], codes, classes)[said[~half]]
    identity = np.arange(classes + 1)
    return agreement(np.where(read < 0, classes, read), meant, identity)
