"""Frames out of a stream: RTSP and whatever FFmpeg reads over HTTP, MJPEG, and addresses that answer one picture."""

from collections.abc import Iterator

import cv2

from readiness_agent.frames import Item, NoFrames, Pace
from readiness_agent.frames.live import opencv
from readiness_agent.frames.live.address import redacted
from readiness_agent.frames.live.opencv import VideoTap
from readiness_agent.frames.live.reading import live
from readiness_agent.frames.live.taps import Tap
from readiness_agent.frames.live.web import Answer, PartsTap, SnapshotTap

KIND = "a stream (rtsp://…, http://…)"
NAME = "stream"
LIVE = True

_WEB = ("http://", "https://")
_SCHEMES = ("rtsp://", "rtsps://", *_WEB)


def accepts(src: str) -> bool:
    return src.lower().startswith(_SCHEMES)


def read(src: str, most: int, pace: Pace) -> Iterator[Item]:
    """Give frames at the pace; a stream that breaks or stalls is opened again."""
    return live(redacted(src), lambda: _opened(src, pace), most, pace)


def _opened(src: str, pace: Pace) -> Tap:
    if not src.lower().startswith(_WEB):
        return _by_ffmpeg(src, pace)
    answer = Answer(src, min(pace.open_s, pace.read_s))
    if answer.kind.startswith("multipart/"):
        return PartsTap(answer)
    if answer.kind.startswith("image/"):
        return SnapshotTap(answer)
    answer.body.close()
    if answer.kind.startswith("text/"):
        raise NoFrames(f"{redacted(src)}: it answers {answer.kind}, no pictures; give the stream's own address")
    return _by_ffmpeg(src, pace)


def _by_ffmpeg(src: str, pace: Pace) -> Tap:
    limits = {
        cv2.CAP_PROP_OPEN_TIMEOUT_MSEC: int(pace.open_s * 1e3),
        cv2.CAP_PROP_READ_TIMEOUT_MSEC: int(pace.read_s * 1e3),
    }
    capture = opencv.open_capture(src, cv2.CAP_FFMPEG, limits)
    if not capture.isOpened():
        capture.release()
        hint = "check the address, the user and the password, and that it runs"
        raise NoFrames(f"{redacted(src)}: no stream that FFmpeg can open within {pace.open_s:.3g} s; {hint}")
    return VideoTap(capture, "the stream ended, or sent nothing more")
