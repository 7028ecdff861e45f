"""Frames out of a camera at this machine: Video4Linux, through OpenCV."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import cv2
import msgspec

from readiness_agent.frames import Item, NoFrames, Pace
from readiness_agent.frames.live import opencv
from readiness_agent.frames.live.address import options
from readiness_agent.frames.live.opencv import VideoTap
from readiness_agent.frames.live.reading import live

KIND = "a camera (camera:0, camera:/dev/video0?size=1280x720&fps=30)"
NAME = "camera"
LIVE = True
DEVICES = Path("/dev")

_OPTIONS = ("fourcc", "fps", "size")
_GONE = "the camera gives no more frames; was it unplugged?"


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What SRC asks of a camera; what it does not say is left to the driver."""

    device: Path
    size: tuple[int, int] | None = None
    fps: int | None = None
    fourcc: str | None = None


def accepts(src: str) -> bool:
    return src.startswith("camera:")


def read(src: str, most: int, pace: Pace) -> Iterator[Item]:
    """Give frames at the pace; a camera that is gone ends the source and is not waited for."""
    wanted = _wanted(src)
    return live(src, lambda: _opened(src, wanted), most, msgspec.structs.replace(pace, tries=0))


def _wanted(src: str) -> Wanted:
    name, said = options(src.removeprefix("camera:"))
    device = DEVICES / f"video{name}" if name.isdigit() else Path(name)
    size = re.fullmatch(r"([1-9]\d{0,4})x([1-9]\d{0,4})", said.get("size", "1x1"))
    rate = re.fullmatch(r"[1-9]\d{0,3}", said.get("fps", "1"))
    fourcc = said.get("fourcc", "MJPG")
    if not name or set(said) - set(_OPTIONS) or not size or not rate or not re.fullmatch(r"[ -~]{4}", fourcc):
        raise NoFrames(f"{src}: no camera; write camera:0 or camera:/dev/video0, and ?size=1280x720&fps=30&fourcc=MJPG")
    return Wanted(
        device=device,
        size=(int(size[1]), int(size[2])) if "size" in said else None,
        fps=int(rate[0]) if "fps" in said else None,
        fourcc=said.get("fourcc"),
    )


def _opened(src: str, wanted: Wanted) -> VideoTap:
    if not wanted.device.exists():
        there = ", ".join(sorted(path.name for path in DEVICES.glob("video*"))) or "none"
        raise NoFrames(f"{src}: there is no {wanted.device}; cameras here: {there}")
    if not os.access(wanted.device, os.R_OK | os.W_OK):
        raise NoFrames(f"{src}: {wanted.device} may not be opened; add this user to the group 'video'")
    capture = opencv.open_capture(str(wanted.device), cv2.CAP_V4L2, _settings(wanted))
    if not capture.isOpened():
        capture.release()
        raise NoFrames(f"{src}: {wanted.device} does not open; another program may hold it, or it is no camera")
    have = int(capture.get(cv2.CAP_PROP_FRAME_WIDTH)), int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT))
    if wanted.size not in {None, have}:
        capture.release()
        hint = "`v4l2-ctl --list-formats-ext` lists what it has"
        raise NoFrames(f"{src}: the camera gives {have[0]}x{have[1]} and not the size asked; {hint}")
    return VideoTap(capture, _GONE)


def _settings(wanted: Wanted) -> dict[int, int]:
    """Give the properties to open with; of a camera asked for MJPG the JPEG's own bytes are taken."""
    asked: dict[int, int] = {}
    if wanted.fourcc is not None:
        asked[cv2.CAP_PROP_FOURCC] = cv2.VideoWriter.fourcc(*wanted.fourcc)
        if wanted.fourcc == "MJPG":
            asked[cv2.CAP_PROP_CONVERT_RGB] = 0
    if wanted.size is not None:
        asked |= {cv2.CAP_PROP_FRAME_WIDTH: wanted.size[0], cv2.CAP_PROP_FRAME_HEIGHT: wanted.size[1]}
    if wanted.fps is not None:
        asked[cv2.CAP_PROP_FPS] = wanted.fps
    return asked
