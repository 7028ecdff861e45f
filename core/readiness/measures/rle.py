"""Run-length masks as COCO writes them: counts of alternating background and object pixels, column by column."""

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.int64]


class BadRuns(ValueError):
    """Run lengths that are none; the message says why."""


def counts(said: object) -> Counts:
    """Read run lengths, shape (n,), int64, from a list of whole numbers or from COCO's compressed text.

    The text holds 6 bits a character from '0' on, 5 of them data with the low ones first and one saying that more
    follow; from the fourth number on the difference to the one before last (pycocotools, maskApi.c). Raises BadRuns.
    """
    if isinstance(said, str):
        return _compressed(said)
    if not isinstance(said, list) or not all(type(one) is int and 0 <= one < 1 << 40 for one in said):
        raise BadRuns("counts are neither a text nor a list of whole numbers")
    return np.array(said, dtype=np.int64)


def _compressed(text: str) -> Counts:
    if not text.isascii():
        raise BadRuns("counts hold characters that are no run length")
    bits = np.frombuffer(text.encode(), dtype=np.uint8).astype(np.int64) - 48
    if bits.size == 0:
        return bits
    more = (bits & 0x20) > 0
    if bits.min() < 0 or bits.max() > 63 or more[-1]:
        raise BadRuns("counts are cut off, or hold characters that are no run length")
    starts = np.flatnonzero(np.concatenate(([True], ~more[:-1])))
    lengths = np.diff(np.append(starts, bits.size))
    if lengths.max() > 8:
        raise BadRuns("counts hold a run that is longer than any image")
    places = np.arange(bits.size) - np.repeat(starts, lengths)
    numbers = np.add.reduceat((bits & 0x1F) << (5 * places), starts)
    negative = (bits[starts + lengths - 1] & 0x10) > 0
    numbers -= np.where(negative, np.int64(1) << (5 * lengths), 0)
    numbers[1::2] = np.cumsum(numbers[1::2])
    numbers[2::2] = np.cumsum(numbers[2::2])
    if numbers.min() < 0:
        raise BadRuns("counts give a run of less than nothing")
    return numbers


def area(runs: Counts) -> int:
    """Count the object's pixels."""
    return int(runs[1::2].sum())


def box(runs: Counts, height: int) -> tuple[float, float, float, float]:
    """Give the tight box x y w h of the object in pixels, all 0 for an empty mask; columns are `height` pixels long."""
    ends = np.cumsum(runs)[1::2]
    filled = runs[1::2] > 0
    if height < 1 or not filled.any():
        return 0.0, 0.0, 0.0, 0.0
    first, last = (ends - runs[1::2])[filled], ends[filled] - 1
    left, right = int(first[0] // height), int(last[-1] // height)
    if ((first // height) < (last // height)).any():
        top, bottom = 0, height - 1
    else:
        top, bottom = int((first % height).min()), int((last % height).max())
    return float(left), float(top), float(right - left + 1), float(bottom - top + 1)
