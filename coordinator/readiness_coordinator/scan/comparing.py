"""Whether two pictures are copies, told by their prints alone, so that any worker can tell it."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from readiness.measures import features, hashes, overlap, proof
from readiness.measures.overlap import Laid
from readiness_coordinator.scan.view import Print


class Pair(NamedTuple):
    """Two prints that may be of one picture; `orientation` turns the second to the first, as in hashes.orient."""

    first: Print
    second: Print
    orientation: int = 0


Compare = Callable[[Sequence[Pair]], list[Laid | None]]


def frames(pairs: Sequence[Pair]) -> list[Laid | None]:
    """Tell of pairs that may show one frame, by their orientation, whether they do."""
    faces = [(_face(pair.first), _face(pair.second).turned(pair.orientation)) for pair in pairs]
    first, second = (np.stack([face[side].thumbnail for face in faces]) for side in (0, 1))
    agreed = hashes.agreement(first, second)
    return [
        Laid(pair.orientation, part=False) if share >= hashes.SAME and proof.proven(*face) else None
        for pair, face, share in zip(pairs, faces, agreed.tolist(), strict=True)
    ]


def parts(pairs: Sequence[Pair]) -> list[Laid | None]:
    """Tell of pairs with like features whether one shows a part of the other, or shows it turned, tilted or cut out."""
    return [_laid(pair) for pair in pairs]


def _laid(pair: Pair) -> Laid | None:
    found = features.alignment(features.unpacked(pair.first.features), features.unpacked(pair.second.features))
    return None if found is None else overlap.laid(_face(pair.first), _face(pair.second), found)


def _face(kept: Print) -> proof.Face:
    thumbnail = np.frombuffer(kept.thumbnail, dtype=np.uint8).reshape(hashes.THUMB, hashes.THUMB)
    detail = np.frombuffer(kept.detail, dtype=np.uint8).reshape(proof.DETAIL, proof.DETAIL)
    colours = np.frombuffer(kept.colours, dtype=np.uint8).reshape(proof.COLOURS, proof.COLOURS, 3)
    return proof.Face(thumbnail, detail, colours)
