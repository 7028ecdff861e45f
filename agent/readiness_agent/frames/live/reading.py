"""Takes frames from a live source at a pace: bounded waits, connections made again, and an end that is told."""

import time
from collections.abc import Callable, Iterator

import cv2
import numpy as np

from readiness_agent.frames import Flow, Form, Frame, Item, NoFrames, Pace
from readiness_agent.frames.live.feed import Feed, Shot
from readiness_agent.frames.live.taps import Lost, Picture, Tap

_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.25, 8.0
_JPEG, _PNG = b"\xff\xd8", b"\x89PNG"


def live(name: str, open_tap: Callable[[], Tap], most: int, pace: Pace) -> Iterator[Item]:
    """Give `most` frames at the pace, and what was lost in between.

    After a loss the source is opened again, at most `pace.tries` times in a row without a frame and after growing
    pauses; then, and when the time is up, it ends, and says why. Raises NoFrames when it never gave any frame.
    """
    reader = _Reader(open_tap, pace)
    try:
        for number in range(most):
            taken = reader.next()
            yield reader.flow("" if isinstance(taken, Shot) else taken)
            if isinstance(taken, str):
                break
            yield frame_of(taken, number, pace.form)
            reader.pause()
    finally:
        reader.close()
    if not reader.shots:
        raise NoFrames(f"{name}: {reader.trouble}; check that it runs and is free, and its address")


def frame_of(shot: Shot, number: int, form: Form) -> Frame:
    """Encode a picture as an image file, unless it came as one."""
    data = encoded(shot.picture, form)
    suffix = ".jpg" if data.startswith(_JPEG) else ".png" if data.startswith(_PNG) else ".bmp"
    return Frame(name=f"{number:06d}{suffix}", data=data, at=shot.at, waited_ms=shot.waited_ms)


def encoded(picture: Picture, form: Form) -> bytes:
    """Give the bytes of an image file; those of a picture that came as JPEG or PNG are kept as they are."""
    if isinstance(picture, bytes):
        if picture.startswith((_JPEG, _PNG)):
            return picture
        decoded = cv2.imdecode(np.frombuffer(picture, dtype=np.uint8), cv2.IMREAD_COLOR)
        if decoded is None:
            return picture
        return encoded(decoded, form)
    settings = [cv2.IMWRITE_JPEG_QUALITY, 95] if form == "jpg" else []
    return bytes(cv2.imencode(f".{form}", picture, settings)[1].tobytes())


class _Reader:
    """The connection that is open now, how often it was lost, and the time that is left."""

    def __init__(self, open_tap: Callable[[], Tap], pace: Pace) -> None:
        self.shots, self.trouble = 0, ""
        self._open, self._pace = open_tap, pace
        self._began = self._due = time.monotonic()
        self._feed: Feed | None = None
        self._told = (0, 0)
        self._closed = Flow()
        self._reconnects = 0

    def next(self) -> Shot | str:
        """Give the next picture, or the words that say why there is none; raises NoFrames at a first opening only."""
        failures = 0
        while self._left_s() > 0:
            try:
                return self._taken(again=failures > 0)
            except NoFrames as error:
                if not self.shots:
                    raise
                self.trouble = str(error)
            except Lost as lost:
                self.trouble = str(lost)
            self.close()
            failures += 1
            if failures > self._pace.tries:
                return f"{self.trouble}{f', {failures} times in a row' if failures > 1 else ''}"
            self._sleep(min(_FIRST_PAUSE_S * 2 ** (failures - 1), _LONGEST_PAUSE_S))
        limit = f"the time limit of {self._pace.within_s:.3g} s came"
        self.trouble = f"{limit} ({self.trouble})" if self.trouble else limit
        return self.trouble

    def flow(self, ended: str) -> Flow:
        """Tell what went on since this was asked last."""
        arrived, dropped = self._counts()
        before, self._told = self._told, (arrived, dropped)
        reconnects, self._reconnects = self._reconnects, 0
        return Flow(arrived=arrived - before[0], dropped=dropped - before[1], reconnects=reconnects, ended=ended)

    def pause(self) -> None:
        """Wait until the next frame is due; after an outage the rest is taken at the pace, not in a burst."""
        self._due = max(self._due + self._pace.every_s, time.monotonic())
        self._sleep(self._due - time.monotonic())

    def close(self) -> None:
        if self._feed is not None:
            self._feed.close()
            arrived, dropped = self._counts()
            self._closed, self._feed = Flow(arrived=arrived, dropped=dropped), None

    def _taken(self, *, again: bool) -> Shot:
        within_s = self._pace.read_s
        if self._feed is None:
            self._feed = Feed(self._open)
            within_s += self._pace.open_s
        shot = self._feed.picture(min(within_s, self._left_s()))
        self.shots += 1
        self._reconnects += again and self.shots > 1
        self.trouble = ""
        return shot

    def _counts(self) -> tuple[int, int]:
        now = self._feed
        arrived, dropped = (now.arrived, now.gaps.dropped) if now is not None else (0, 0)
        return self._closed.arrived + arrived, self._closed.dropped + dropped

    def _left_s(self) -> float:
        return self._began + self._pace.within_s - time.monotonic()

    def _sleep(self, seconds: float) -> None:
        time.sleep(max(0.0, min(seconds, self._left_s())))
