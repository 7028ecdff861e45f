"""Sums up frames that came at a fixed rate: latency from when each was due, deadlines missed, frames lost."""

from collections.abc import Sequence
from itertools import accumulate, pairwise

import numpy as np

from readiness.evidence.benchmark import Paced
from readiness.measures import intervals
from readiness_agent.benchmark.bounding import latency
from readiness_agent.worker.jobs import PacedLoop

_NS_PER_S = 1e9


def paced(loops: Sequence[PacedLoop]) -> Paced | None:
    """Sum up the processes' paced loops; None where there was none, or none answered a frame."""
    known = [loop for loop in loops if loop.from_due_ns]
    if not known:
        return None
    counts = np.array([count for loop in known for count in _missed(loop)], dtype=np.float64).reshape(-1, 2)
    return Paced(
        fps=known[0].fps,
        latency_ms=latency([loop.from_due_ns for loop in known]),
        missed=intervals.rate(counts[:, 0], counts[:, 1]),
        dropped=sum(dropped(loop.service_ns, _NS_PER_S / loop.fps) for loop in known),
    )


def _missed(loop: PacedLoop) -> list[tuple[int, int]]:
    """Count the frames answered after the next was due, and all, in each block: late frames come in batches."""
    late = np.asarray(loop.from_due_ns) > _NS_PER_S / loop.fps
    ends = list(accumulate((block.runs for block in loop.blocks), initial=0)) or [0]
    if ends[-1] < late.size:
        ends.append(late.size)
    parts = [late[start:end] for start, end in pairwise(ends)]
    return [(int(part.sum()), part.size) for part in parts if part.size]


def dropped(service_ns: Sequence[int], period_ns: float) -> int:
    """Count the frames that a camera which keeps only the newest would lose, taken these times in turn for an answer.

    A frame is lost when the next is there before the model is free to take it.
    """
    free_at, taken, lost = 0.0, -1, 0
    for service in service_ns:
        newest = max(taken + 1, int(free_at // period_ns))
        lost += newest - taken - 1
        free_at = max(free_at, newest * period_ns) + service
        taken = newest
    return lost
