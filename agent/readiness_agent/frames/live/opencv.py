"""Cameras and streams as OpenCV reads them; the one place where either is opened."""

import os

import cv2

from readiness_agent.frames.live.taps import Lost, Picture

# FFmpeg writes addresses, passwords included, into its log.
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")


def open_capture(target: str, backend: int, settings: dict[int, int]) -> cv2.VideoCapture:
    """Open a device or an address; whether that went well, the capture's `isOpened` says."""
    return cv2.VideoCapture(target, backend, [number for pair in settings.items() for number in pair])


class VideoTap:
    """An open VideoCapture; `gone` says what it means that it gives no more.

    What states its number of frames is a file that does not run away: only its wanted frames are fetched.
    """

    def __init__(self, capture: cv2.VideoCapture, gone: str) -> None:
        self._capture, self._gone = capture, gone
        self.drains = capture.get(cv2.CAP_PROP_FRAME_COUNT) <= 0

    def grab(self) -> float | None:
        if not self._capture.grab():
            raise Lost(self._gone)
        return float(self._capture.get(cv2.CAP_PROP_POS_MSEC)) if self.drains else None

    def picture(self) -> Picture:
        whole, picture = self._capture.retrieve()
        if not whole or picture is None:
            raise Lost("a frame does not decode")
        # A camera that is asked for JPEG as it is gives its bytes as a row of numbers.
        return bytes(picture.tobytes()) if min(picture.shape) == 1 or picture.ndim == 1 else picture

    def close(self) -> None:
        self._capture.release()
