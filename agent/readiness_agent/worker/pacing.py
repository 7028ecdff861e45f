"""Runs a model at a camera's rate: each run starts when its frame is due, and its time counts from that moment.

Timing from when a run was due, not from when it could start, is what keeps a slow run from hiding the wait of those
behind it (Tene, "How NOT to measure latency", 2013: coordinated omission).
"""

import time
from array import array
from collections.abc import Callable, Iterator

from readiness_agent.worker.between import Between
from readiness_agent.worker.jobs import Block, Measure, PacedLoop
from readiness_agent.worker.runs import Runs

_NAP_NS = 200_000_000
_SPIN_NS = 300_000


def paced_loop(job: Measure, fps: float, runs: Runs, between: Between) -> PacedLoop | None:
    """Run for `paced_s`, however far behind the frames the model falls; None when no run was answered."""
    from_due, service, blocks = array("q"), array("q"), list[Block]()

    def border(start_s: float, now_s: float) -> None:
        blocks.append(between.block(start_s, len(service) - sum(block.runs for block in blocks)))
        between.tell(job.paced_s - now_s)

    every_s = job.block_s if fps * job.block_s > 1 else 0.0  # at a slow rate each frame is a block
    for due_ns in moments(job.paced_s, fps, every_s, border, between.stopped):
        stamps = runs.next()
        if stamps is not None:
            from_due.append(stamps[-1] - due_ns)
            service.append(stamps[-1] - stamps[0])
    if not service:
        return None
    return PacedLoop(fps=fps, from_due_ns=list(from_due), service_ns=list(service), blocks=tuple(blocks))


def moments(
    seconds: float,
    fps: float | None,
    every_s: float,
    border: Callable[[float, float], None],
    stopped: Callable[[], bool],
) -> Iterator[int]:
    """Give the moment at which each run is due, in ns of `perf_counter_ns`, once it has come: without a rate, now.

    After each stretch of `every_s`, and after the last, `border` is told the seconds at which it began and ended; what
    `border` takes delays the schedule, so that no run is late for it.
    """
    begun = start = origin = time.perf_counter_ns()
    number, bordered, most_ns = 0, 0, int(seconds * 1e9)
    while not stopped():
        due = time.perf_counter_ns() if fps is None else origin + round(number * 1e9 / fps)
        if due - origin >= most_ns or not _wait(due, stopped) or time.perf_counter_ns() - origin >= most_ns:
            break
        yield due
        number += 1
        now = time.perf_counter_ns()
        if now - start >= every_s * 1e9:
            border((start - begun) / 1e9, (now - begun) / 1e9)
            bordered, start = number, time.perf_counter_ns()
            origin += start - now
    if number > bordered:
        border((start - begun) / 1e9, (time.perf_counter_ns() - begun) / 1e9)


def _wait(due_ns: int, stopped: Callable[[], bool]) -> bool:
    """Sleep until just before a moment and spin the rest; False when told to stop meanwhile."""
    while (left := due_ns - time.perf_counter_ns()) > 0:
        if stopped():
            return False
        if left > _SPIN_NS:
            time.sleep(min(left - _SPIN_NS, _NAP_NS) / 1e9)
    return True
