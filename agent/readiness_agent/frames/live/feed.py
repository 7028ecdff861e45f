"""Reads an open source in a thread of its own, so that a read that blocks is waited for no longer than told."""

import queue
import threading
import time
from collections.abc import Callable
from datetime import datetime, timezone

import cv2
import msgspec

from readiness_agent.frames import NoFrames
from readiness_agent.frames.live.gaps import Gaps
from readiness_agent.frames.live.taps import Lost, Picture, Tap

_LEAVE_S = 0.3


class Shot(msgspec.Struct, frozen=True, kw_only=True):
    """One picture, when it came (RFC 3339), and ms from asking for it to having it."""

    picture: Picture
    at: str
    waited_ms: float


class Feed:
    """One connection to a live source: drained where frames would pile up, so that a picture is never an old one."""

    def __init__(self, open_tap: Callable[[], Tap]) -> None:
        self.arrived = 0
        self.gaps = Gaps()
        self._open = open_tap
        self._wanted, self._closing = threading.Event(), threading.Event()
        self._answers: queue.SimpleQueue[Shot | Lost | NoFrames] = queue.SimpleQueue()
        self._asked_ns = 0
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def picture(self, within_s: float) -> Shot:
        """Give the next picture; raises Lost when none comes in time, NoFrames when the source cannot be opened."""
        self._asked_ns = time.perf_counter_ns()
        self._wanted.set()
        try:
            answer = self._answers.get(timeout=max(0.0, within_s))
        except queue.Empty:
            raise Lost(f"no frame within {within_s:.3g} s") from None
        if isinstance(answer, Shot):
            return answer
        raise answer

    def close(self) -> None:
        """Let go of the source; a thread that is stuck in a read is left behind."""
        self._closing.set()
        self._wanted.set()
        self._thread.join(_LEAVE_S)

    def _run(self) -> None:
        try:
            tap = self._open()
            try:
                while not self._closing.is_set():
                    self._once(tap)
            finally:
                tap.close()
        except (Lost, NoFrames) as error:
            self._answers.put(error)
        except (OSError, ValueError, cv2.error) as error:
            self._answers.put(Lost(f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"))

    def _once(self, tap: Tap) -> None:
        if not tap.drains:
            self._wanted.wait()
            if self._closing.is_set():
                return
        moment_ms = tap.grab()
        self.arrived += 1
        if moment_ms is not None:
            self.gaps.add(moment_ms)
        if self._wanted.is_set() and not self._closing.is_set():
            self._wanted.clear()
            at = datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
            picture = tap.picture()
            waited_ms = (time.perf_counter_ns() - self._asked_ns) / 1e6
            self._answers.put(Shot(picture=picture, at=at, waited_ms=waited_ms))
