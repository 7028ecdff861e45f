"""Three answers to a number with bounds: clear, found, or undecided with the count that would settle it."""

import math
from typing import Literal

Answer = Literal["clear", "found", "undecided"]

_NEVER = 1_000_000


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


def needed(hits: float, n: float, floor: float, confidence: float = 0.95) -> int | None:
    """Count the further trials that would lift the exact lower bound of hits/n to the floor at the same rate.

    The Clopper-Pearson lower bound of k hits in n trials reaches `floor` exactly when
    P(X >= k | n, floor) <= 1 - confidence (Clopper & Pearson 1934), so no inverse is needed.
    Gives None when the observed rate is at or below the floor: more of the same never settles it.
    With no trial yet, assumes that every one will be a hit (29 for a floor of 0.9 at 95 %).
    """
    rate = hits / n if n else 1.0
    if rate <= floor or not 0 < floor < 1:
        return None
    low, high = max(1, math.ceil(n)), max(2, math.ceil(n))
    while not _reaches(rate, high, floor, confidence):
        low, high = high, high * 2
        if high > _NEVER:
            return None
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if _reaches(rate, middle, floor, confidence) else (middle + 1, high)
    return max(0, low - math.floor(n))


def _reaches(rate: float, n: int, floor: float, confidence: float) -> bool:
    hits = math.floor(rate * n + 1e-9)
    return _tail(hits, n, floor) <= 1 - confidence


def _tail(k: int, n: int, p: float) -> float:
    """P(X >= k) of a binomial(n, p), summed from its largest terms outwards in log space."""
    log_p, log_q = math.log(p), math.log1p(-p)
    total = 0.0
    for i in range(k, n + 1):
        log_term = math.lgamma(n + 1) - math.lgamma(i + 1) - math.lgamma(n - i + 1) + i * log_p + (n - i) * log_q
        term = math.exp(log_term)
        total += term
        if i > n * p and term < total * 1e-12:
            break
    return min(1.0, total)
