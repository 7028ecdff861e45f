"""Frames out of a video file at even spacing, each as a lossless BMP so that all sources are decoded alike."""

from collections.abc import Iterator
from pathlib import Path

import cv2

from readiness_agent.frames import Frame, NoFrames, Skipped, spread

KIND = "a video file (.mp4, .avi, .mkv, .mov, .webm)"
SUFFIXES = frozenset({".avi", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".webm"})


def accepts(src: str) -> bool:
    path = Path(src)
    return path.is_file() and path.suffix.lower() in SUFFIXES


def read(src: str, most: int) -> Iterator[Frame | Skipped]:
    """Give at most `most` frames; the container's frame count is a claim, so reading ends where the frames do."""
    video = cv2.VideoCapture(src)
    if not video.isOpened():
        raise NoFrames(f"{src}: no video that OpenCV can open; convert it to H.264 in .mp4")
    claimed = max(int(video.get(cv2.CAP_PROP_FRAME_COUNT)), 1)
    wanted = set(spread(claimed, most))
    try:
        for index in range(claimed):
            if not video.grab():
                yield Skipped(name=f"frame {index}", because=f"the video ends here, {claimed} frames were claimed")
                return
            if index in wanted:
                yield _frame(video, index)
    finally:
        video.release()


def _frame(video: cv2.VideoCapture, index: int) -> Frame | Skipped:
    whole, picture = video.retrieve()
    if not whole:
        return Skipped(name=f"frame {index}", because="does not decode")
    return Frame(name=f"{index:06d}.bmp", data=cv2.imencode(".bmp", picture)[1].tobytes())
