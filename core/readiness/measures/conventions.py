"""Average precision by the rules of other tools: which answer gets an object, and how the curve becomes one number."""

from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from readiness.measures.matching import Found, Pairs

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]
Bools = npt.NDArray[np.bool_]

Curve = Literal["101 points", "11 points", "all points", "ramp", "drop"]

_POINTS = np.linspace(0.0, 1.0, 101)
_ELEVEN = np.arange(11) / 10
_SCORES = np.linspace(0.0, 1.0, 1000)
_EPSILON = 1e-16


class Claims(NamedTuple):
    """Detections `found` (k,) and the one object `truth` (k,) that each overlaps most, by `overlap` (k,); ordered by
    object, and by falling score for each.
    """

    found: Indices
    truth: Indices
    overlap: Floats


def claims(found: Found, pairs: Pairs) -> Claims:
    """Let each detection claim only the object that it overlaps most, of the `pairs` that may match."""
    order = np.lexsort((pairs.truth, -pairs.overlap, pairs.found))
    order = order[np.diff(pairs.found[order], prepend=-1) != 0]
    of, to = pairs.found[order], pairs.truth[order]
    again = np.lexsort((of, -found.scores[of], to))
    return Claims(of[again], to[again], pairs.overlap[order][again])


def granted(claimed: Claims, n: int, least: float) -> Indices:
    """Give, shape (n,), the object of each of n detections, -1 without one, at overlaps of at least `least`.

    Of those that claim an object the best score gets it, and the others get none, as Pascal VOC's devkit and
    Ultralytics' match_predictions have it; COCO instead lets a detection take its next best object.
    """
    held = claimed.overlap >= least
    of, to = claimed.found[held], claimed.truth[held]
    first = np.diff(to, prepend=-1) != 0
    out = np.full(n, -1, dtype=np.intp)
    out[of[first]] = to[first]
    return out


def average_precisions(right: Bools, rows: Indices, objects: Indices, curve: Curve) -> Floats:
    """Give the average precision of each class, shape (classes,); NaN where it has no object.

    `right` (n,) and the classes `rows` (n,), ordered by class and then by falling score; `objects` (classes,) counts
    the objects.
    """
    out = np.where(objects > 0, 0.0, np.nan)
    edges = np.searchsorted(rows, np.arange(objects.size + 1)).tolist()
    for row in np.flatnonzero(objects > 0).tolist():
        mine = right[edges[row] : edges[row + 1]]
        if mine.any():
            out[row] = _area(mine, int(objects[row]), curve)
    return out


def best_f1(right: Bools, rows: Indices, scores: Floats, objects: Indices) -> tuple[float, float, float]:
    """Give confidence, precision and recall, the means over classes, at the best mean F1 as Ultralytics takes it.

    Precision and recall are interpolated at 1,000 confidences, the mean F1 is smoothed over a tenth of them
    (ultralytics.utils.metrics.ap_per_class). Inputs as for `average_precisions`, with the `scores` (n,).
    """
    there = np.flatnonzero(objects > 0)
    edges = np.searchsorted(rows, np.arange(objects.size + 1))
    precision, recall = np.zeros((2, there.size, _SCORES.size))
    for i, row in enumerate(there):
        part = slice(edges[row], edges[row + 1])
        hits = np.cumsum(right[part])
        if hits.size:
            recall[i] = np.interp(-_SCORES, -scores[part], hits / objects[row], left=0)
            precision[i] = np.interp(-_SCORES, -scores[part], hits / np.arange(1, hits.size + 1), left=1)
    f1 = 2 * precision * recall / (precision + recall + _EPSILON)
    at = int(np.argmax(_smooth(f1.mean(axis=0))))
    return float(_SCORES[at]), float(precision[:, at].mean()), float(recall[:, at].mean())


def _smooth(values: Floats) -> Floats:
    """Give the moving mean over a tenth of the values on either side together; the ends are continued."""
    width = values.size // 10 + 1
    half = width // 2
    continued = np.concatenate([np.full(half, values[0]), values, np.full(half, values[-1])])
    return np.convolve(continued, np.ones(width) / width, mode="valid")


def _area(right: Bools, objects: int, curve: Curve) -> float:
    """Give the average precision of one class; only where a right answer stands can its precision be the envelope's."""
    places = np.flatnonzero(right)
    hits = np.arange(1, places.size + 1)
    recall, precision = hits / objects, hits / (places + 1)
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    if curve == "all points":
        return float(envelope.sum() / objects)
    if curve in {"101 points", "11 points"}:
        wanted = _POINTS if curve == "101 points" else _ELEVEN
        return float(np.append(envelope, 0.0)[np.searchsorted(recall, wanted)].mean())
    return _trapezoid(right, objects, ramp=curve == "ramp")


def _trapezoid(right: Bools, objects: int, *, ramp: bool) -> float:
    """Give the area as Ultralytics' compute_ap does, which draws lines from one answer to the next."""
    hits = np.cumsum(right)
    envelope = np.maximum.accumulate((hits / np.arange(1, hits.size + 1))[::-1])[::-1]
    recall = hits / objects
    end = ([1.0], [0.0]) if ramp else ([recall[-1], 1.0], [0.0, 0.0])
    heights = np.interp(_POINTS, np.concatenate([[0.0], recall, end[0]]), np.concatenate([[1.0], envelope, end[1]]))
    return float((heights.sum() - (heights[0] + heights[-1]) / 2) / (_POINTS.size - 1))
