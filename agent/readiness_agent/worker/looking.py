"""How a captured frame looks, in numbers, and what a person should know about a set of them, in words."""

from collections.abc import Sequence

import cv2

from readiness.measures.decode import Pixels
from readiness.measures.image import LEAST_SPREAD, grey, look_with
from readiness_agent.frameset import CapturedFrame, Statistics

# A frame is dark or over-exposed by CleanVision's limits on perceived brightness.
_DARK, _BRIGHT = 0.32, 0.95
# Variance of the Laplacian as a share of the luma's own: photographs lie at 0.05 to 0.5.
_BLURRY = 0.01
# Mean difference of luma under which two frames show the same: a camera's own noise makes as much.
_STILL = 0.3


class Looker:
    """Measures one frame after the other, each beside the one before."""

    def __init__(self) -> None:
        self._before: Pixels | None = None

    def statistics(self, pixels: Pixels) -> Statistics:
        """Measure a frame, shape (height, width, 3) BGR uint8, on a grey copy of bounded size."""
        small = grey(pixels)
        seen, before, self._before = look_with(pixels, small), self._before, small
        alike = before is not None and before.shape == small.shape
        return Statistics(
            brightness=seen.luma,
            contrast=seen.spread,
            sharpness=seen.sharpness,
            entropy=seen.entropy,
            shadow=seen.shadow,
            highlight=seen.highlight,
            difference=round(float(cv2.mean(cv2.absdiff(small, before))[0]), 3) if alike else None,
        )


def notes(frames: Sequence[CapturedFrame]) -> tuple[str, ...]:
    """Say what is odd about the frames: frozen, hardly different, dark, over-exposed, blurred, of several sizes."""
    counts = (
        (sum(frame.statistics.highlight < _DARK for frame in frames), "dark; is the lens covered, or the light off?"),
        (sum(frame.statistics.shadow > _BRIGHT for frame in frames), "over-exposed; shorten the exposure"),
        (sum(_is_blurry(frame.statistics) for frame in frames), "blurred; focus the lens, or clean it"),
    )
    said = [f"{count} of {len(frames)} frames are {what}" for count, what in counts if count]
    sizes = sorted({(frame.width, frame.height) for frame in frames})
    if len(sizes) > 1:
        said.append(f"the frames are of several sizes: {', '.join(f'{width}x{height}' for width, height in sizes)}")
    return (*_standstill(frames), *said)


def _standstill(frames: Sequence[CapturedFrame]) -> list[str]:
    distinct, got = len({frame.digest for frame in frames}), len(frames)
    if got < 2:
        return []
    if distinct == 1:
        return [f"all {got} frames are the same, byte for byte: the camera is frozen, or shows a still picture"]
    said = [f"{got - distinct} of {got} frames are byte for byte the same as an earlier one"] if distinct < got else []
    steps = [one.statistics.difference for one in frames if one.statistics.difference is not None]
    if steps and max(steps) < _STILL:
        said.append("the frames hardly differ; leave more time between them to see more of the site")
    return said


def _is_blurry(seen: Statistics) -> bool:
    return seen.contrast >= LEAST_SPREAD and seen.sharpness <= _BLURRY * seen.contrast**2
