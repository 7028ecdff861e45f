"""Where a frame went in the model's input, and the way back for boxes."""

from collections.abc import Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from readiness.evidence.model import CardInput

Floats = npt.NDArray[np.float64]


class Geometry(msgspec.Struct, frozen=True, kw_only=True):
    """Sizes are (width, height); input x = frame x * scale[0] + offset[0], y alike.

    `resized` is the whole frame's size in input pixels: smaller than `input` when letterboxed, larger when cropped.
    """

    frame: tuple[int, int]
    input: tuple[int, int]
    resized: tuple[int, int]
    scale: tuple[float, float]
    offset: tuple[int, int]

    def to_frame(self, boxes: Floats) -> Floats:
        """Carry boxes (n, 4) of x1 y1 x2 y2 in input pixels to frame pixels, cut to the frame."""
        scale, offset = np.array(self.scale * 2), np.array(self.offset * 2)
        limits = np.array(self.frame * 2, dtype=np.float64)
        carried: Floats = np.clip((boxes - offset) / scale, 0, limits)
        return carried


def place(frame: tuple[int, int], how: CardInput) -> Geometry:
    """Work out where a frame of (width, height) goes by the card's resize rule."""
    if how.resize == "stretch":
        scale = (how.size[0] / frame[0], how.size[1] / frame[1])
        return Geometry(frame=frame, input=how.size, resized=how.size, scale=scale, offset=(0, 0))
    ratios = (how.size[0] / frame[0], how.size[1] / frame[1])
    ratio = min(ratios) if how.resize == "letterbox" else max(ratios)
    whole = int if how.anchor == "top-left" else round
    resized = (max(1, whole(frame[0] * ratio)), max(1, whole(frame[1] * ratio)))
    spare = (how.size[0] - resized[0], how.size[1] - resized[1])
    offset = (0, 0) if how.anchor == "top-left" else (spare[0] // 2, spare[1] // 2)
    return Geometry(frame=frame, input=how.size, resized=resized, scale=(ratio, ratio), offset=offset)


def cells(size: tuple[int, int], strides: Sequence[int]) -> tuple[Floats, Floats]:
    """Give each anchor's cell (n, 2) as column and row, and its stride (n,), of one anchor a cell at each stride.

    `size` is the input's (width, height); a cell that the edge cuts counts.
    """
    places, steps = [], []
    for stride in strides:
        rows, columns = np.mgrid[: -(-size[1] // stride), : -(-size[0] // stride)]
        places.append(np.stack([columns.ravel(), rows.ravel()], axis=1).astype(np.float64))
        steps.append(np.full(rows.size, stride, dtype=np.float64))
    return np.concatenate(places), np.concatenate(steps)
