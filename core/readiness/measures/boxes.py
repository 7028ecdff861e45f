"""Box arithmetic on arrays: overlap and suppression; boxes are x1 y1 x2 y2 in pixels unless said otherwise."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]


def corners(xywh: Floats) -> Floats:
    """Turn boxes (n, 4) of x y width height into x1 y1 x2 y2."""
    out = np.array(xywh, dtype=np.float64).reshape(-1, 4)
    out[:, 2:] += out[:, :2]
    return out


def iou(first: Floats, second: Floats, crowd: npt.NDArray[np.bool_] | None = None) -> Floats:
    """Give the intersection over union, shape (n, m), of boxes (n, 4) and (m, 4) in x1 y1 x2 y2.

    Where `crowd` (m,) is set the union is the first box's own area, as COCO matches crowds. Empty boxes overlap 0.
    """
    low = np.maximum(first[:, None, :2], second[None, :, :2])
    high = np.minimum(first[:, None, 2:], second[None, :, 2:])
    inter = np.prod(np.clip(high - low, 0, None), axis=2)
    area_1, area_2 = _area(first), _area(second)
    union = area_1[:, None] + area_2[None, :] - inter
    if crowd is not None:
        union = np.where(crowd[None, :], area_1[:, None], union)
    share: Floats = np.divide(inter, union, out=np.zeros_like(inter), where=union > 0)
    return share


def iou_each(first: Floats, second: Floats) -> Floats:
    """Give the intersection over union (n,) of each box of `first` (n, 4) with that of `second` in the same place."""
    low = np.maximum(first[:, :2], second[:, :2])
    high = np.minimum(first[:, 2:], second[:, 2:])
    inter = np.prod(np.clip(high - low, 0, None), axis=1)
    union = _area(first) + _area(second) - inter
    share: Floats = np.divide(inter, union, out=np.zeros_like(inter), where=union > 0)
    return share


def suppress(boxes: Floats, scores: Floats, classes: Indices, overlap: float) -> Indices:
    """Keep the best box of each overlapping bunch within a class (greedy NMS).

    boxes (n, 4), scores (n,), classes (n,); gives the kept indices, best score first.
    """
    order = np.argsort(-scores, kind="stable")
    kept: list[int] = []
    alive = np.ones(order.size, dtype=bool)
    sorted_boxes, sorted_classes = boxes[order], classes[order]
    for i in range(order.size):
        if not alive[i]:
            continue
        kept.append(int(order[i]))
        rest = np.flatnonzero(alive[i + 1 :] & (sorted_classes[i + 1 :] == sorted_classes[i])) + i + 1
        if rest.size:
            alive[rest[iou(sorted_boxes[i : i + 1], sorted_boxes[rest])[0] > overlap]] = False
    return np.asarray(kept, dtype=np.intp)


def _area(boxes: Floats) -> Floats:
    sides: Floats = np.clip(boxes[:, 2:] - boxes[:, :2], 0, None)
    return sides[:, 0] * sides[:, 1]
