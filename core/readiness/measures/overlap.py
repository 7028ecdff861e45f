"""Whether two pictures show the same where one lies on the other: after a crop, a turn, a tilt or a cut-out."""

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from readiness.measures import hashes, proof
from readiness.measures.features import Matrix, Pixels
from readiness.measures.proof import Face

Mask = npt.NDArray[np.bool_]

_THUMB = hashes.THUMB
_MARGIN = 2
_LEAST = 0.08
# Of the picture that shows less, so much must stand in the other; frames of a panning camera share some of a scene.
_SHOWN = 0.5
_REFINABLE = 0.1
_RIM = 40
_CORNERS = np.array([[0.0, 0, 1], [1, 0, 1], [0, 1, 1], [1, 1, 1]])
_STRAIGHT = 0.04
_STEPS = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_COUNT, 30, 1e-3)
_ZOOMED = 1.15
_HALF, _MOSTLY = 127, 200
_NEARBY, _SMEARED, _HOLE = (np.ones((side, side), np.uint8) for side in (3, 7, 6))


class Laid(NamedTuple):
    """How two pictures lie: `orientation` as in hashes.orient turns the second to the first as far as that goes.

    `part` is set where they do not show the same frame.
    """

    orientation: int
    part: bool


def laid(first: Face, second: Face, found: Matrix) -> Laid | None:
    """Lay one picture on the other by the map between them, and tell how; None if they disagree.

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
    share, valid = _share(wide.thumbnail, close.thumbnail, onto)
    if _REFINABLE <= share < hashes.SAME:
        onto = _refined(wide.thumbnail, close.thumbnail, onto)
        share, valid = _share(wide.thumbnail, close.thumbnail, onto)
    how = _how(whole)
    return how if share >= hashes.SAME and _proven(wide, close, onto, valid, part=how.part) else None


def _proven(wide: Face, close: Face, onto: Matrix, valid: Mask, *, part: bool) -> bool:
    """Look closer, at the colours and the details, where the thumbnails agree."""
    soft = _softened(close.detail, onto)
    compared = _within(onto)
    counted = _resized(valid & compared, proof.COLOURS)
    if not proof.coloured_alike(wide.colours, _moved(close.colours, onto), counted):
        return False
    # Shrinking smears the edge of a cut-out over its neighbours.
    valid = cv2.erode(_resized(valid | ~compared, proof.DETAIL).astype(np.uint8), _SMEARED) > 0
    # What is in one picture alone would mislead the refinement.
    compared = _resized(compared, proof.DETAIL)
    straight = _moved(soft, onto)
    refined = _moved(soft, _refined(np.where(valid | ~compared, wide.detail, straight), soft, onto))
    counted = valid & compared
    # Plain ground leads it astray.
    moved = max(straight, refined, key=lambda one: _correlation(wide.detail[counted], one[counted]))
    return proof.alike(wide.detail, moved, valid, compared, part=part)


def _correlation(one: Pixels, two: Pixels) -> float:
    if min(np.ptp(side) if side.size else 0 for side in (one, two)) == 0:
        return 0.0
    return float(np.corrcoef(one, two)[0, 1])


def _share(wide: Pixels, close: Pixels, onto: Matrix) -> tuple[float, Mask]:
    """Give hashes.agreement over the part that both show, and that part, without cut-outs."""
    moved = _moved(_softened(close, onto), onto)
    valid = _within(onto)
    shown = float(valid.sum()) * abs(float(np.linalg.det(onto))) / float(_inner().sum())
    far, near = _holes(wide), _covered(_holes(close), onto)
    # What is flat in both is no cut-out, and a flat object that moved would be two.
    far, near = _lone(far, near), _lone(near, far)
    if min(far.sum(), near.sum()) <= _RIM:
        valid &= ~(far | near)
    counted = valid & ~proof.cut_off(wide, moved)
    if counted.mean() < _LEAST or shown < _SHOWN:
        return -1.0, valid
    return float(hashes.agreement(wide[None], moved[None], counted[None])[0]), valid


def _within(onto: Matrix) -> Mask:
    """Mark what both pictures show."""
    return _covered(_inner(), onto) & _inner()


def _covered(mask: Mask, onto: Matrix) -> Mask:
    return _moved(mask.astype(np.uint8) * 255, onto, cv2.BORDER_CONSTANT) > _HALF


def _softened(close: Pixels, onto: Matrix) -> Pixels:
    """Take away the detail that shrinking by the map would alias."""
    zoom = abs(float(np.linalg.det(onto))) ** 0.5
    return cv2.GaussianBlur(close, (0, 0), 0.5 * np.sqrt(zoom**2 - 1)) if zoom > _ZOOMED else close


def _moved(close: Pixels, onto: Matrix, border: int = cv2.BORDER_REPLICATE) -> Pixels:
    """Lay a square picture onto the other, of the same size, by a map in shares."""
    size = (close.shape[1], close.shape[0])
    matrix = _pixels(onto, close.shape[0])[:2]
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    moved: Pixels = cv2.warpAffine(close, matrix, size, flags=how, borderMode=border)
    return moved


def _pixels(onto: Matrix, side: int) -> Matrix:
    """Turn a map between shares into one between pixel centres of square pictures."""
    shares = _shares(side)
    pixels: Matrix = np.linalg.inv(shares) @ onto @ shares
    return pixels


def _shares(side: int) -> Matrix:
    return np.array([[1.0, 0, 0.5], [0, 1, 0.5], [0, 0, side]]) / side


def _resized(mask: Mask, side: int) -> Mask:
    """Shrink or enlarge a mask to what is wholly within it."""
    within: Mask = cv2.resize(mask.astype(np.uint8) * 255, (side, side), interpolation=cv2.INTER_AREA) > _MOSTLY
    return within


def _lone(holes: Mask, others: Mask) -> Mask:
    """Keep of the holes those that the other picture does not have there."""
    _, labels = cv2.connectedComponents(holes.astype(np.uint8))
    total, shared = (np.bincount(labels[mask], minlength=labels.max() + 1) for mask in (holes, holes & others))
    lone: Mask = holes & (2 * shared < total)[labels]
    return lone


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
    side = wide.shape[0]
    start = _pixels(onto, side)[:2].astype(np.float32)
    try:
        _, better = cv2.findTransformECC(wide, close, start, cv2.MOTION_AFFINE, _STEPS, None, 3)
    except cv2.error:  # it does not converge where the pictures have too little in common
        return onto
    refined: Matrix = _shares(side) @ np.vstack([better, [0.0, 0.0, 1.0]]) @ np.linalg.inv(_shares(side))
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
