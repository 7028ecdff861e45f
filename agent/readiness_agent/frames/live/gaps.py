"""Counts the frames that are missing between others, from the moments at which the others were taken."""

from collections import deque
from statistics import median

_LEAST, _RECENT = 5, 30


class Gaps:
    """Takes the moments of a stream's frames in ms, by the source's own clock or else by their arrival.

    The period is the median of the last 30 gaps, once there are five, so that a camera which slows down in the dark
    loses nothing. A gap of n periods, rounded, means n - 1 missing frames. Frames that come in less than half a period
    afterwards were late, not lost, and are taken off again.
    """

    def __init__(self) -> None:
        self.dropped = 0
        self._owed = 0
        self._last: float | None = None
        self._gaps: deque[float] = deque(maxlen=_RECENT)

    def add(self, moment_ms: float) -> None:
        gap, self._last = (None if self._last is None else moment_ms - self._last), moment_ms
        if gap is None or gap <= 0:
            return
        if len(self._gaps) >= _LEAST:
            self._count(gap / median(self._gaps))
        self._gaps.append(gap)

    def _count(self, periods: float) -> None:
        if periods < 0.5 and self._owed:
            self.dropped -= 1
            self._owed -= 1
        missing = max(0, round(periods) - 1)
        self.dropped += missing
        self._owed += missing
