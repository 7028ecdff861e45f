"""Three answers to a number with bounds: clear, found, or undecided with the count that would settle it."""

import functools
import math
from typing import Literal

Answer = Literal["clear", "found", "undecided"]

_ROUNDED = 0.005  # records give the effective sample size to two digits
_MOST = 100_000  # nobody brings more; a rate that close to its floor reads as never


def against_floor(lower: float, upper: float, floor: float) -> Answer:
    """Judge a quantity where higher is better (recall, precision) by its one-sided bounds."""
    if lower >= floor:
        return "clear"
    return "found" if upper < floor else "undecided"


def against_budget(lower: float | None, upper: float | None, budget: float) -> Answer:
    """Judge a quantity where lower is better (latency, memory) by its one-sided bounds; None is unbounded."""
    if upper is not None and upper <= budget:
        return "clear"
    return "found" if lower is not None and lower > budget else "undecided"


def of_counts(hits: int, n: int, floor: float, confidence: float = 0.95) -> Answer:
    """Judge hits of n independent trials by their exact one-sided bounds (Clopper & Pearson 1934)."""
    if _tail(hits, n, floor) <= 1 - confidence:
        return "clear"
    return "found" if _tail(n - hits, n, 1 - floor) <= 1 - confidence else "undecided"


def bounded_by(hits: int, n: int, n_effective: float, lower: float, upper: float, confidence: float) -> bool:
    """Tell whether bounds are no tighter than the exact ones of hits/n on `n_effective` trials.

    The exact lower bound grows with the hits and falls with the misses, so that of the next whole counts on either
    side encloses the one of a fractional sample: honest bounds always pass. Without a trial only 0 and 1 do.
    """
    if n == 0 or n_effective <= 0:
        return lower <= 0 and upper >= 1
    right = hits / n * n_effective
    missed = n_effective - right
    alpha = (1 - confidence) * (1 + 1e-9)
    most, fewest = math.ceil(right + _ROUNDED), max(0, math.floor(missed - _ROUNDED))
    least, worst = max(0, math.floor(right - _ROUNDED)), math.ceil(missed + _ROUNDED)
    low = lower <= 0 or (lower < 1 and _tail(most, most + fewest, lower) <= alpha)
    high = upper >= 1 or (upper > 0 and _tail(worst, least + worst, 1 - upper) <= alpha)
    return low and high


@functools.lru_cache(maxsize=1 << 14)
def needed(hits: float, n: float, floor: float, confidence: float = 0.95) -> int | None:
    """Count the further trials that would lift the exact lower bound of hits/n to the floor at the same rate.

    The Clopper-Pearson lower bound of k hits in n trials reaches `floor` exactly when
    P(X >= k | n, floor) <= 1 - confidence (Clopper & Pearson 1934), so no inverse is needed.
    Gives None when the observed rate is at or below the floor, or so close above it that 100,000 more would not do.
    With no trial yet, assumes that every one will be a hit (29 for a floor of 0.9 at 95 %).
    The count is the least: as whole hits come in steps the bound falls between them, so every count is tried.
    """
    rate = hits / n if n else 1.0
    if rate <= floor or not 0 < floor < 1:
        return None
    start = max(math.ceil(n), math.ceil(1 / rate), 1)
    total, k = start, _hits(rate, start)
    tail, below = _tail(k, total, floor), _exactly(k - 1, total, floor)
    while tail > 1 - confidence:
        if total - start >= _MOST:
            return None
        tail += floor * below
        below *= (total + 1) / (total + 2 - k) * (1 - floor)
        total += 1
        if _hits(rate, total) > k:
            below *= (total + 1 - k) / k * floor / (1 - floor)
            tail -= below
            k += 1
    return total - math.floor(n)


def _hits(rate: float, n: int) -> int:
    return math.floor(rate * n + 1e-9)


def _exactly(k: int, n: int, p: float) -> float:
    """P(X = k) of a binomial(n, p)."""
    ways = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
    return math.exp(ways + k * math.log(p) + (n - k) * math.log1p(-p))


def _tail(k: int, n: int, p: float) -> float:
    """P(X >= k) of a binomial(n, p), summed upwards until the terms no longer count."""
    total = 0.0
    for i in range(k, n + 1):
        term = _exactly(i, n, p)
        total += term
        if i > n * p and term < total * 1e-12:
            break
    return min(1.0, total)
