"""From a frame to the model's input, as the card says: resize, colour, value scale, type and layout; or a picture."""

import cv2
import msgspec
import numpy as np
import numpy.typing as npt

from readiness.evidence.model import CardInput
from readiness.measures.decode import Pixels
from readiness_agent.geometry import Geometry, place
from readiness_agent.runtimes import Array, Port

# One thread: a pool of OpenCV's own would compete with the runtime for the cores that are being timed.
cv2.setNumThreads(1)

_INTERPOLATION = {"linear": cv2.INTER_LINEAR, "area": cv2.INTER_AREA}
_COLOUR = {"rgb": cv2.COLOR_BGR2RGB, "grey": cv2.COLOR_BGR2GRAY}


class Preprocess:
    """Prepares frames for one input; what a pixel value becomes is worked out once, for all 256 of them."""

    def __init__(self, how: CardInput, port: Port) -> None:
        self._how = how
        self._dtype = np.dtype(port.dtype)
        table = values(how, port)
        self._identity = bool(self._dtype == np.uint8 and (table == np.arange(256)[:, None]).all())
        self._table = table.reshape(1, 256, -1)

    def __call__(self, frame: Pixels) -> tuple[Array, Geometry]:
        """Turn BGR (height, width, 3) uint8 into the batch of one that the model takes, and say where it went."""
        where = place((frame.shape[1], frame.shape[0]), self._how)
        fitted = self._fit(frame, where)
        if self._how.colour in _COLOUR:
            fitted = cv2.cvtColor(fitted, _COLOUR[self._how.colour])
        valued = fitted if self._identity else cv2.LUT(fitted, self._table)
        shaped = valued.reshape(*valued.shape[:2], -1)
        if self._how.layout == "nchw":
            shaped = shaped.transpose(2, 0, 1)
        return np.ascontiguousarray(shaped[None], dtype=self._dtype), where

    def _fit(self, frame: Pixels, where: Geometry) -> Array:
        resized: Array = frame
        if where.resized != where.frame:
            resized = cv2.resize(frame, where.resized, interpolation=_INTERPOLATION[self._how.interpolation])
        if where.resized == where.input:
            return resized
        left, top = where.offset
        if self._how.resize == "crop":
            width, height = where.input
            return np.ascontiguousarray(resized[-top : height - top, -left : width - left])
        canvas = np.full((where.input[1], where.input[0], 3), self._how.pad, dtype=np.uint8)
        canvas[top : top + where.resized[1], left : left + where.resized[0]] = resized
        return canvas


class Encode:
    """Fits frames to the card's size as `Preprocess` does, and packs them for a model that takes pictures."""

    def __init__(self, how: CardInput, port: Port) -> None:
        plain = msgspec.structs.replace(how, layout="nhwc", colour="bgr", scale=1.0, mean=(0.0,), std=(1.0,))
        self._fit = Preprocess(plain, port)

    def __call__(self, frame: Pixels) -> tuple[Array, Geometry]:
        """Turn BGR (height, width, 3) uint8 into a JPEG of quality 95, shape (bytes,) uint8."""
        batch, where = self._fit(frame)
        done, packed = cv2.imencode(".jpg", batch[0])
        assert done
        return packed, where


def values(how: CardInput, port: Port) -> Array:
    """Give what each pixel value becomes, shape (256, channels): (x * scale - mean) / std, quantised as the port says.

    A uint8 input whose card leaves values as they are is fed the raw bytes: its quantisation says the same in
    other units. Of an integer type without quantisation the value itself is stored.
    """
    channels = max(len(how.mean), len(how.std), 1 if how.colour == "grey" else 3)
    raw = np.repeat(np.arange(256, dtype=np.float64)[:, None], channels, axis=1)
    plain = how.scale == 1 and not any(how.mean) and all(std == 1 for std in how.std)
    real: npt.NDArray[np.float64] = (raw * how.scale - np.array(how.mean)) / np.array(how.std)
    dtype = np.dtype(port.dtype)
    if dtype.kind == "f":
        return real.astype(np.float32 if dtype == np.float16 else dtype)
    if port.scale and not (plain and dtype == np.uint8):
        real = real / port.scale + port.zero_point
    limits = np.iinfo(dtype)
    return np.clip(np.rint(real), limits.min, limits.max).astype(dtype)
