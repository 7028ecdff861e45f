"""Which images are copies of one picture: equal pixels, nearly equal ones, and parts, turns and tilts of each other."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from readiness.measures import features, hashes, neighbours, overlap, proof
from readiness_coordinator.formats.labelled import Labelled
from readiness_coordinator.formats.layout import SPLITS
from readiness_coordinator.scan.seen import Copy, Group
from readiness_coordinator.scan.view import Print, View

Rows = npt.NDArray[np.int64]

# Up to so many different pictures all are compared by their features; of more, those of val and test with the rest.
ALL = 50_000
# So many pictures' features are in memory at a time.
_INDEXED = 12_500
_ASKED = 256
# With so many of its nearest, and of those most like it by features, a picture is compared.
_NEAREST, _LIKEST = 64, 8
_BATCH = 512
_KEPT = 4096

EVALUATION_ONLY = (
    f"more than {ALL} different pictures: crops and tilted copies were looked for only between val or test and the rest"
)
CROWDED = f"some pictures have more than {_NEAREST} near ones that are no copies: only the nearest were compared"


class Copies(NamedTuple):
    """Groups of copies, None where no image could be decoded; and in words what was not compared."""

    groups: tuple[Group, ...] | None
    limits: tuple[str, ...] = ()


def search(labelled: Labelled, views: Mapping[str, View], prints: Mapping[str, Print]) -> Copies:
    """Join copies into groups of two or more.

    Copies are: equal pixels; hashes that differ in at most hashes.NEAR bits in some orientation, and thumbnails that
    agree everywhere; local features that one affine map brings together, and thumbnails that agree everywhere where
    that map lays them on each other. Either way details and colours have to agree too (measures.proof).
    """
    by_pixels: dict[str, list[str]] = {}
    splits: dict[str, set[str]] = {}
    for picture in labelled.pictures:
        if (seen := views.get(picture.name)) is not None and seen.pixels:
            by_pixels.setdefault(seen.pixels, []).append(picture.name)
            splits.setdefault(seen.pixels, set()).add(picture.split)
    if not by_pixels:
        return Copies(None)
    equal = list(by_pixels.values())
    judged = [not splits[pixels].isdisjoint(SPLITS[1:]) for pixels in by_pixels]
    search = _Search([views[names[0]] for names in equal], prints, judged)
    search.near()
    search.parts()
    return Copies(tuple(_groups(equal, search)), tuple(search.limits))


def _groups(equal: Sequence[Sequence[str]], search: "_Search") -> Iterator[Group]:
    together: dict[int, list[int]] = {}
    for row in range(len(equal)):
        together.setdefault(search.root(row), []).append(row)
    links: dict[int, list[Copy]] = {}
    for one, two, laid in search.links:
        links.setdefault(search.root(one), []).append(Copy(equal[one][0], equal[two][0], *laid))
    for root, rows in together.items():
        names = sorted(name for row in rows for name in equal[row])
        if len(names) > 1:
            same = [Copy(equal[row][0], name) for row in rows for name in equal[row][1:]]
            yield Group(images=tuple(names), equal=len(rows) == 1, copies=(*same, *links.get(root, ())))


class _Search:
    """Different pictures, by row, and which of them were found to be copies; each link joins two groups into one."""

    def __init__(self, views: Sequence[View], prints: Mapping[str, Print], judged: Sequence[bool]) -> None:
        self.links: list[tuple[int, int, overlap.Laid]] = []
        self.limits: list[str] = []
        self._views, self._judged = views, judged
        self._parents = list(range(len(views)))
        self._print = lru_cache(_KEPT)(lambda row: prints[str(views[row].digest)])

    def root(self, row: int) -> int:
        while self._parents[row] != row:
            self._parents[row] = row = self._parents[self._parents[row]]
        return row

    def near(self) -> None:
        """Join pictures whose hashes are near, in whatever orientation, and whose thumbnails agree."""
        usable = np.array([row for row, seen in enumerate(self._views) if seen.hashes is not None], dtype=np.int64)
        table = np.frombuffer(b"".join(self._views[row].hashes or b"" for row in usable), dtype=np.uint64)
        crowded = False
        for pairs in neighbours.near_pairs(table.reshape(-1, hashes.ORIENTATIONS)):
            # What is joined already needs no proof: thousands of frames of a still scene would take hours.
            fresh = self._apart(pairs, usable)
            chosen = _nearest(fresh)
            crowded |= len(chosen) < len(fresh)
            for start in range(0, len(chosen), _BATCH):
                self._compare(self._apart(chosen[start : start + _BATCH], usable), usable)
        if crowded:
            self.limits.append(CROWDED)

    def parts(self) -> None:
        """Join pictures one of which shows a part of the other, or shows it turned, tilted or cut out."""
        roots = [row for row in range(len(self._views)) if self.root(row) == row]
        searched = roots
        if len(roots) > ALL:
            self.limits.append(EVALUATION_ONLY)
            judged = {self.root(row) for row, one in enumerate(self._judged) if one}
            searched = [row for row in roots if row in judged]
        likest = np.full((len(roots), _LIKEST), -1, dtype=np.int64)
        scores = np.zeros((len(roots), _LIKEST))
        for start in range(0, len(searched), _INDEXED):
            block = searched[start : start + _INDEXED]
            index = neighbours.Index([self._features(row).descriptors for row in block])
            for begin in range(0, len(roots), _ASKED):
                asked = [self._features(row).descriptors for row in roots[begin : begin + _ASKED]]
                for place, (found, said) in enumerate(index.likest(asked, _LIKEST + 1), start=begin):
                    others = np.array(block, dtype=np.int64)[found]
                    keep = others != roots[place]
                    rows, points = np.append(likest[place], others[keep]), np.append(scores[place], said[keep])
                    best = np.argsort(-points, kind="stable")[:_LIKEST]
                    likest[place], scores[place] = rows[best], points[best]
        pairs = np.column_stack([np.repeat(roots, _LIKEST), likest.reshape(-1)])
        for one, two in np.unique(np.sort(pairs[pairs[:, 1] >= 0], axis=1), axis=0).tolist():
            self._lay(one, two)

    def _lay(self, one: int, two: int) -> None:
        if self.root(one) == self.root(two):
            return
        found = features.alignment(self._features(one), self._features(two))
        laid = None if found is None else overlap.laid(self._face(one), self._face(two), found)
        if laid is not None:
            self._join(one, two, laid)

    def _compare(self, pairs: Rows, usable: Rows) -> None:
        if len(pairs) == 0:
            return
        rows = usable[pairs[:, :2]]
        first = np.stack([self._thumbnail(row) for row in rows[:, 0].tolist()])
        turned = zip(rows[:, 1].tolist(), pairs[:, 3].tolist(), strict=True)
        second = np.stack([hashes.orient(self._thumbnail(row), orientation) for row, orientation in turned])
        same = hashes.agreement(first, second) >= hashes.SAME
        for (one, two), orientation in zip(rows[same].tolist(), pairs[same, 3].tolist(), strict=True):
            if self.root(one) != self.root(two) and self._proven(one, two, orientation):
                self._join(one, two, overlap.Laid(orientation, part=False))

    def _apart(self, pairs: Rows, usable: Rows) -> Rows:
        roots = {row: self.root(row) for row in np.unique(usable[pairs[:, :2]]).tolist()}
        kept = [roots[one] != roots[two] for one, two in usable[pairs[:, :2]].tolist()]
        return pairs[np.array(kept, dtype=np.bool_)]

    def _join(self, one: int, two: int, laid: overlap.Laid) -> None:
        low, high = sorted((self.root(one), self.root(two)))
        self._parents[high] = low
        self.links.append((one, two, laid))

    def _thumbnail(self, row: int) -> hashes.Pixels:
        return np.frombuffer(self._print(row).thumbnail, dtype=np.uint8).reshape(hashes.THUMB, hashes.THUMB)

    def _face(self, row: int) -> proof.Face:
        kept = self._print(row)
        detail = np.frombuffer(kept.detail, dtype=np.uint8).reshape(proof.DETAIL, proof.DETAIL)
        colours = np.frombuffer(kept.colours, dtype=np.uint8).reshape(proof.COLOURS, proof.COLOURS, 3)
        return proof.Face(self._thumbnail(row), detail, colours)

    def _proven(self, one: int, two: int, orientation: int) -> bool:
        return proof.proven(self._face(one), self._face(two).turned(orientation))

    def _features(self, row: int) -> features.Features:
        return features.unpacked(self._print(row).features)


def _nearest(pairs: Rows) -> Rows:
    """Keep of each image's pairs with images before it the nearest; shape (k, 4) as neighbours.near_pairs gives."""
    ordered = pairs[np.lexsort((pairs[:, 0], pairs[:, 2], pairs[:, 1]))]
    _, begins, counts = np.unique(ordered[:, 1], return_index=True, return_counts=True)
    rank = np.arange(len(ordered)) - np.repeat(begins, counts)
    return ordered[rank < _NEAREST]
