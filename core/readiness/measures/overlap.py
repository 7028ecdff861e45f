"""Whether two pictures show the same where one lies on the other: after a crop, a turn, a tilt or a cut-out."""

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from readiness.measures import hashes
from readiness.measures.features import Matrix, Pixels

Mask = npt.NDArray[np.bool_]

_THUMB = hashes.THUMB
_MARGIN = 2
_LEAST = 0.08
# Of the picture that shows less, so much must stand in the other; frames of a panning camera share some of a scene.
_SHOWN = 0.5
_REFINABLE = 0.1
_RIM = 40
# Up to a gain of 1.4, what is cut off at white on one picture is at least so bright on the other.
_WHITE, _BRIGHT = 250, 178
_CORNERS = np.array([[0.0, 0, 1], [1, 0, 1], [0, 1, 1], [1, 1, 1]])
_STRAIGHT = 0.04
_STEPS = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_COUNT, 30, 1e-3)
# From pixel centres of a thumbnail to shares of the picture.
_SHARES = np.array([[1.0, 0, 0.5], [0, 1, 0.5], [0, 0, _THUMB]]) / _THUMB
_NEARBY, _HOLE = np.ones((3, 3), np.uint8), np.ones((6, 6), np.uint8)


class Laid(NamedTuple):
    """How two pictures lie: `orientation` as in hashes.orient turns the second to the first as far as that goes.

    `part` is set where they do not show the same frame.
    """

    orientation: int
    part: bool


def laid(first: Pixels, second: Pixels, found: Matrix) -> Laid | None:
    """Lay one thumbnail, shape (64, 64), on the other by the map between them, and tell how; None if they disagree.

    `found`, shape (2, 3), takes shares of the first picture to shares of the second. Where the thumbnails nearly
    agree, the map is refined on their pixels (ECC, Evangelidis and Psarakis 2008). A rectangle of one value with an
    edge around it is a cut-out and proves nothing either way, nor does what exposure cut off at white on one of them.
    """
    whole = np.vstack([found, [0.0, 0.0, 1.0]])
    size = abs(float(np.linalg.det(whole[:2, :2])))
    if not _LEAST <= size <= 1 / _LEAST:
        return None
    # The picture that shows less is shrunk onto the one that shows more: the other way would invent detail.
    wide, close, onto = (first, second, whole) if size >= 1 else (second, first, np.linalg.inv(whole))
    share = _share(wide, close, onto)
    if _REFINABLE <= share < hashes.SAME:
        share = _share(wide, close, _refined(wide, close, onto))
    return _how(whole) if share >= hashes.SAME else None


def _share(wide: Pixels, close: Pixels, onto: Matrix) -> float:
    """Give hashes.agreement over the part that both show."""
    pixels = np.linalg.inv(_SHARES) @ onto @ _SHARES
    zoom = float(np.sqrt(abs(np.linalg.det(pixels[:2, :2]))))
    soft = cv2.GaussianBlur(close, (0, 0), 0.5 * np.sqrt(zoom**2 - 1)) if zoom > 1.15 else close
    back = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    size = (_THUMB, _THUMB)
    moved = cv2.warpAffine(soft, pixels[:2], size, flags=back, borderMode=cv2.BORDER_REPLICATE)

    def onto_wide(mask: Mask) -> Mask:
        return cv2.warpAffine(mask.astype(np.uint8) * 255, pixels[:2], size, flags=back) > 127  # type: ignore[no-any-return]

    valid = onto_wide(_inner()) & _inner()
    shown = float(valid.sum()) * zoom**2 / float(_inner().sum())
    far, near = _holes(wide), onto_wide(_holes(close))
    # A flat object that moved would be two holes; what is flat in both is no cut-out.
    if min((far & ~near).sum(), (near & ~far).sum()) <= _RIM:
        valid &= ~(far | near)
    brighter, darker = cv2.max(wide, moved), cv2.min(wide, moved)
    valid &= ~((brighter >= _WHITE) & (darker >= _BRIGHT) & (darker < _WHITE))
    if valid.mean() < _LEAST or shown < _SHOWN:
        return -1.0
    return float(hashes.agreement(wide[None], moved[None], valid[None])[0])


def _inner() -> Mask:
    """Leave out the rim: next to it a turned copy mixes picture with background."""
    inner = np.zeros((_THUMB, _THUMB), dtype=np.bool_)
    inner[_MARGIN:-_MARGIN, _MARGIN:-_MARGIN] = True
    return inner


def _holes(thumb: Pixels) -> Mask:
    """Mark rectangles of one value that stand out from what is around them, with the rim that shrinking blurred."""
    found = np.zeros(thumb.shape, dtype=np.bool_)
    flat = (cv2.subtract(cv2.dilate(thumb, _NEARBY), cv2.erode(thumb, _NEARBY)) <= 2).astype(np.uint8)
    flat = cv2.morphologyEx(flat, cv2.MORPH_OPEN, _HOLE)
    if not flat.any():
        return found
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(flat)
    for label in range(1, count):
        x, y, width, height, pixels = boxes[label].tolist()
        values = thumb[labels == label].astype(np.int64)
        if pixels < 0.85 * width * height or width * height > 0.35 * thumb.size or np.ptp(values) > 3:
            continue
        around, within = (
            (slice(max(0, y - rim), y + height + rim), slice(max(0, x - rim), x + width + rim)) for rim in (3, 2)
        )
        ring = np.zeros(thumb.shape, dtype=np.bool_)
        ring[around] = True
        ring[within] = False
        if np.median(np.abs(thumb[ring].astype(np.int64) - np.median(values))) >= 8:
            found[around] = True
    return found


def _refined(wide: Pixels, close: Pixels, onto: Matrix) -> Matrix:
    start = (np.linalg.inv(_SHARES) @ onto @ _SHARES)[:2].astype(np.float32)
    try:
        _, better = cv2.findTransformECC(wide, close, start, cv2.MOTION_AFFINE, _STEPS, None, 3)
    except cv2.error:  # it does not converge where the pictures have too little in common
        return onto
    refined: Matrix = _SHARES @ np.vstack([better, [0.0, 0.0, 1.0]]) @ np.linalg.inv(_SHARES)
    return refined


def _how(whole: Matrix) -> Laid:
    back = np.linalg.inv(whole)
    turns = [_turn(orientation) for orientation in range(hashes.ORIENTATIONS)]
    orientation = int(np.argmax([(turn * back[:2, :2]).sum() for turn in turns]))
    turn = turns[orientation]
    straight = _CORNERS @ np.column_stack([turn, 0.5 - turn @ [0.5, 0.5]]).T
    part = float(np.abs(_CORNERS @ back[:2].T - straight).max()) > _STRAIGHT
    return Laid(orientation, part)


def _turn(orientation: int) -> Matrix:
    """Give the matrix by which hashes.orient moves points around the centre."""
    turned = np.eye(2)[::-1] if orientation & 4 else np.eye(2)
    signs = np.array([-1.0 if orientation & 1 else 1.0, -1.0 if orientation & 2 else 1.0])
    matrix: Matrix = signs[:, None] * turned
    return matrix
