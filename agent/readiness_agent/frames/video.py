"""Frames out of a video file at even spacing, each lossless by default so that all sources are decoded alike."""

from collections.abc import Iterator
from pathlib import Path

import cv2

from readiness_agent.frames import Flow, Frame, Item, NoFrames, Pace, Skipped, spread
from readiness_agent.frames.live.reading import encoded

KIND = "a video file (.mp4, .avi, .mkv, .mov, .webm)"
NAME = "video"
LIVE = False
_MISCOUNT, _MISCOUNT_SHARE = 2, 0.01
SUFFIXES = frozenset({".avi", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".webm"})


def accepts(src: str) -> bool:
    path = Path(src)
    return path.is_file() and path.suffix.lower() in SUFFIXES


def read(src: str, most: int, pace: Pace) -> Iterator[Item]:
    """Give at most `most` frames; the container's frame count is a claim, so reading ends where the frames do.

    Containers miscount by a frame or two; a video that ends far before its claim was cut off, and that is told.
    """
    video = cv2.VideoCapture(src)
    if not video.isOpened():
        raise NoFrames(f"{src}: no video that OpenCV can open; convert it to H.264 in .mp4")
    claimed = max(int(video.get(cv2.CAP_PROP_FRAME_COUNT)), 1)
    wanted = set(spread(claimed, most))
    try:
        for index in range(claimed):
            if not video.grab():
                because = f"the video ends at frame {index}, {claimed} frames were claimed"
                yield Skipped(name=f"frame {index}", because=because)
                if claimed - index > max(_MISCOUNT, claimed * _MISCOUNT_SHARE):
                    yield Flow(ended=because)
                return
            if index in wanted:
                yield _frame(video, index, pace)
    finally:
        video.release()


def _frame(video: cv2.VideoCapture, index: int, pace: Pace) -> Frame | Skipped:
    whole, picture = video.retrieve()
    if not whole:
        return Skipped(name=f"frame {index}", because="does not decode")
    return Frame(name=f"{index:06d}.{pace.form}", data=encoded(picture, pace.form))
