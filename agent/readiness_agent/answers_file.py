"""The file that holds a model's answers over the frames, in their order, so that two models can be compared."""

import errno
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from readiness_agent.answers import Answer, Boxes, Mask, Scores

_MASK_SIDE = 128
_FAST = 1


class UnreadableAnswers(ValueError):
    """A file holds no answers as `write` leaves them; the message names it."""


class _Packed(msgspec.Struct, frozen=True, array_like=True):
    """An array: its type, its shape, and its bytes, compressed."""

    dtype: str
    shape: tuple[int, ...]
    data: bytes


class _Kept(msgspec.Struct, frozen=True, array_like=True):
    """One answer, by the name of its kind, with its arrays in the order of its fields."""

    kind: str
    arrays: tuple[_Packed, ...]


_DECODER = msgspec.msgpack.Decoder(tuple[_Kept | None, ...])


def write(path: Path, answers: Sequence[Answer | None]) -> None:
    """Write one answer a frame, None where there is none: MessagePack with numbers as float32.

    A mask is thinned to 128 pixels on its longer side, every pixel the nearest of the whole one. The file appears
    whole or not at all, and never in the place of what is no plain file. Raises OSError.
    """
    if path.exists() and not path.is_file():
        raise FileExistsError(errno.EEXIST, "there is something else than a plain file", str(path))
    part = path.with_name(f"{path.name}.part")
    part.write_bytes(msgspec.msgpack.encode([None if one is None else _kept(one) for one in answers]))
    part.replace(path)


def read(path: Path) -> tuple[Answer | None, ...]:
    """Read what `write` wrote; raises UnreadableAnswers."""
    try:
        kept = _DECODER.decode(path.read_bytes())
        return tuple(None if one is None else _answer(one) for one in kept)
    except (OSError, msgspec.MsgspecError, zlib.error, KeyError, TypeError, ValueError) as error:
        raise UnreadableAnswers(f"{path}: no answers can be read from it: {error}") from None


def thinned(rows: npt.NDArray[Any], side: int = _MASK_SIDE) -> npt.NDArray[Any]:
    """Take the nearest pixels of a mask, shape (height, width), so that neither side is longer than `side`."""
    share = min(1.0, side / max(rows.shape))
    counts = [max(1, round(size * share)) for size in rows.shape]
    places = (
        ((np.arange(count) + 0.5) * size / count).astype(np.intp)
        for count, size in zip(counts, rows.shape, strict=True)
    )
    return rows[np.ix_(*places)]


def _kept(answer: Answer) -> _Kept:
    if isinstance(answer, Boxes):
        parts = (answer.xywh.astype(np.float32), answer.scores.astype(np.float32), answer.rows.astype(np.int32))
        return _Kept("boxes", tuple(_pack(part) for part in parts))
    if isinstance(answer, Scores):
        return _Kept("scores", (_pack(answer.values.astype(np.float32)),))
    return _Kept("mask", (_pack(thinned(answer.rows)),))


def _answer(kept: _Kept) -> Answer:
    arrays = [_unpack(one) for one in kept.arrays]
    if kept.kind == "boxes":
        xywh, scores, rows = arrays
        return Boxes(xywh=xywh.astype(np.float64), scores=scores.astype(np.float64), rows=rows.astype(np.intp))
    if kept.kind == "scores":
        return Scores(values=arrays[0].astype(np.float64))
    return Mask(rows=arrays[0])


def _pack(array: npt.NDArray[Any]) -> _Packed:
    return _Packed(array.dtype.str, array.shape, zlib.compress(np.ascontiguousarray(array).tobytes(), _FAST))


def _unpack(packed: _Packed) -> npt.NDArray[Any]:
    return np.frombuffer(zlib.decompress(packed.data), dtype=packed.dtype).reshape(packed.shape)
