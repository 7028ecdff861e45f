"""Pixels of a segmenter against the truth: who was taken for whom, bands along the outlines, and rates with bounds."""

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
from scipy import special, stats

from readiness.evidence.bounded import Rate
from readiness.measures import intervals

Rows = npt.NDArray[np.uint8] | npt.NDArray[np.uint16]
Counts = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

_TABLED = 1024  # a table of so many rows squared is small; sorting the pixels takes ten times as long
_BLOCK = 1 << 22  # counting takes eight bytes a pixel
BAND = 0.02  # width of a band as a share of the image's diagonal (Cheng et al. 2021)


class Confusion(NamedTuple):
    """Pixels of one image by truth and answer: class rows `truth`, `answer` and `pixels`, each of shape (cells,)."""

    truth: Counts
    answer: Counts
    pixels: Counts


def confusion(truth: Rows, answer: Rows) -> Confusion:
    """Count the pixels of each pair of rows that occurs; both masks have shape (height, width) and unsigned rows."""
    width = int(max(truth.max(), answer.max())) + 1
    keys = truth.astype(np.uint16 if width <= 256 else np.uint32) * width + answer
    if width <= _TABLED:
        pixels, flat = np.zeros(width * width, dtype=np.int64), keys.ravel()
        for start in range(0, flat.size, _BLOCK):
            pixels += np.bincount(flat[start : start + _BLOCK], minlength=width * width)
        there = np.flatnonzero(pixels)
        return Confusion(there // width, there % width, pixels[there])
    there, pixels = np.unique(keys.astype(np.int64), return_counts=True)
    return Confusion(there // width, there % width, pixels)


def tallies(cells: Confusion, rows: int) -> Counts:
    """Count per class row the pixels of both, of the truth and of the answer: shape (3, rows).

    What the truth ignores stands as row `rows` in it and is left out; an answer of that row is of no class.
    """
    scored, same = cells.truth < rows, cells.truth == cells.answer
    parts = ((cells.truth, scored & same), (cells.truth, scored), (cells.answer, scored & (cells.answer < rows)))
    return np.array([np.bincount(row[some], cells.pixels[some], rows)[:rows] for row, some in parts], dtype=np.int64)


def bands(truth: Rows, answer: Rows, rows: int) -> Counts:
    """Count as `tallies` does within the bands along the outlines, from which boundary IoU is made: shape (3, rows).

    A class's band are its pixels that a square as wide as twice BAND of the diagonal, centred on them, does not show to
    be inside it (Cheng et al. 2021, arXiv 2103.16562); the frame's edge is an outline too. The square sees one row
    alone where its least equals its greatest, so two passes do for all classes. Pixels of row `rows` in the truth are
    ignored: they take the answer there, so that no outline is drawn around them, and are not counted.
    """
    scored = truth < rows
    depth = max(1, round(BAND * float(np.hypot(*truth.shape))))
    of = _band(np.where(scored, truth, answer), depth) & scored
    as_ = _band(answer, depth) & scored
    both = truth[of & as_ & (truth == answer)]
    parts = (both, truth[of], answer[as_])
    return np.array([np.bincount(part, minlength=rows + 1)[:rows] for part in parts], dtype=np.int64)


def _band(mask: Rows, depth: int) -> Bools:
    square = np.ones((2 * depth + 1, 2 * depth + 1), dtype=np.uint8)
    band: Bools = cv2.erode(mask, square) != cv2.dilate(mask, square)
    band[:depth] = band[-depth:] = True
    band[:, :depth] = band[:, -depth:] = True
    return band


def overlap(counts: Counts) -> Floats:
    """Give the intersection over union per class, shape (rows,), of counts as `tallies` gives; NaN without a pixel."""
    both, truth, answer = counts
    return divided(both, truth + answer - both)


def divided(hits: Counts, n: Counts) -> Floats:
    """Divide counts; NaN where there is nothing to divide by."""
    shares: Floats = hits / np.where(n > 0, n, np.nan)
    return shares


def rates(hits: Counts, trials: Counts, confidence: float = 0.95, most: Counts | None = None) -> tuple[Rate, ...]:
    """Bound shares of pixels: `hits`, `trials` have shape (clusters, groups), pixels in each image or recording.

    Pixels of one image say the same thing many times over: however many there are, a group is worth at most the
    effective number of its clusters, (sum of trials) squared over the sum of their squares (Kish 1965), and at most
    `most` (groups,). No share between 0 and 1 varies more over clusters than a yes or no does, so for a perfect score
    too this is on the safe side. Where clusters differ so much that they are worth less, the variance of the ratio
    estimator says how much less, with Student's t for their small number (Korn & Graubard 1998).
    """
    n, k = trials.sum(axis=0).astype(np.float64), hits.sum(axis=0).astype(np.float64)
    worth = np.minimum(_worth(hits, trials, confidence), np.inf if most is None else most)
    lower, upper = intervals.bounds_of(k / np.maximum(n, 1) * worth, worth, confidence)
    rows = zip(k.tolist(), n.tolist(), worth.tolist(), lower.tolist(), upper.tolist(), strict=True)
    return tuple(
        Rate(hits=int(k), n=int(n), n_effective=round(worth, 2), lower=low, upper=high, confidence=confidence)
        for k, n, worth, low, high in rows
    )


def _worth(hits: Counts, trials: Counts, confidence: float) -> Floats:
    """Give the effective number of trials of each group, shape (groups,)."""
    n, clusters = trials.sum(axis=0).astype(np.float64), (trials > 0).sum(axis=0)
    some = np.maximum(n, 1)
    even = n**2 / np.maximum((trials.astype(np.float64) ** 2).sum(axis=0), 1)
    share = hits.sum(axis=0) / some
    spread = ((hits - share * trials) ** 2).sum(axis=0) / some**2 * clusters / np.maximum(clusters - 1, 1)
    varies = spread > 0
    free = np.maximum(clusters - 1, 1)
    small = (special.ndtri(confidence) / stats.t.ppf(confidence, free)) ** 2
    measured = np.where(varies, share * (1 - share) * small / np.where(varies, spread, 1), np.inf)
    worth: Floats = np.minimum(measured, even)
    return worth
