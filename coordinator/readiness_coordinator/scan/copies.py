"""Which images are copies of one picture: equal pixels, nearly equal ones, and parts, turns and tilts of each other."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from readiness.measures import features, hashes, neighbours
from readiness.measures.overlap import Laid
from readiness_coordinator.formats.labelled import Labelled
from readiness_coordinator.formats.layout import SPLITS
from readiness_coordinator.scan import comparing
from readiness_coordinator.scan.comparing import Compare, Pair
from readiness_coordinator.scan.engines import Engine
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
# So many pairs are sorted out at a time, and handed to a worker in pieces of so many.
_WINDOW, _PIECE = 2048, 32
_AHEAD = 2
_KEPT = 4096

EVALUATION_ONLY = (
    f"more than {ALL} different pictures: crops and tilted copies were looked for only between val or test and the rest"
)
CROWDED = f"some pictures have more than {_NEAREST} near ones that are no copies: only the nearest were compared"


class Copies(NamedTuple):
    """Groups of copies, None where no image could be decoded; and in words what was not compared."""

    groups: tuple[Group, ...] | None
    limits: tuple[str, ...] = ()


def search(
    labelled: Labelled, views: Mapping[str, View], prints: Mapping[str, Print], engine: Engine | None = None
) -> Copies:
    """Join copies into groups of two or more, compared on `engine`, in this process without one.

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
    search = _Search([views[names[0]] for names in equal], prints, judged, engine or Engine())
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

    def __init__(
        self, views: Sequence[View], prints: Mapping[str, Print], judged: Sequence[bool], engine: Engine
    ) -> None:
        self.links: list[tuple[int, int, Laid]] = []
        self.limits: list[str] = []
        self._views, self._judged, self._engine = views, judged, engine
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
            self._settle(np.column_stack([usable[chosen[:, :2]], chosen[:, 3]]), comparing.frames)
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
            block = np.array(searched[start : start + _INDEXED], dtype=np.int64)
            index = neighbours.Index([self._features(row).descriptors for row in block.tolist()])
            for begin in range(0, len(roots), _ASKED):
                asked = [self._features(row).descriptors for row in roots[begin : begin + _ASKED]]
                for place, (found, said) in enumerate(index.likest(asked, _LIKEST + 1), start=begin):
                    others = block[found]
                    keep = others != roots[place]
                    rows, points = np.append(likest[place], others[keep]), np.append(scores[place], said[keep])
                    best = np.argsort(-points, kind="stable")[:_LIKEST]
                    likest[place], scores[place] = rows[best], points[best]
        pairs = np.column_stack([np.repeat(roots, _LIKEST), likest.reshape(-1)])
        pairs = np.unique(np.sort(pairs[pairs[:, 1] >= 0], axis=1), axis=0)
        self._settle(np.column_stack([pairs, np.zeros(len(pairs), dtype=np.int64)]), comparing.parts)

    def _settle(self, pairs: Rows, compare: Compare) -> None:
        """Join those of the pairs, shape (n, 3) with the orientation, that are copies.

        In rounds: where two pairs would join the same groups, the second waits for what the first one gives.
        """
        for start in range(0, len(pairs), _WINDOW):
            waiting = pairs[start : start + _WINDOW].tolist()
            while waiting:
                hoped: dict[int, int] = {}
                now, later = [], []
                for pair in waiting:
                    one, two = (_end(hoped, self.root(row)) for row in pair[:2])
                    if one != two:
                        hoped[max(one, two)] = min(one, two)
                        now.append(pair)
                    elif self.root(pair[0]) != self.root(pair[1]):
                        later.append(pair)
                for (one, two, _), laid in zip(now, self._compared(now, compare), strict=True):
                    if laid is not None:
                        self._join(one, two, laid)
                waiting = later

    def _compared(self, pairs: Sequence[Sequence[int]], compare: Compare) -> Iterator[Laid | None]:
        """Compare on the engine, a few pieces ahead; a piece whose worker died is compared here."""
        under_way: deque[tuple[list[Pair], Future[list[Laid | None]]]] = deque()

        def next_piece() -> list[Laid | None]:
            piece, future = under_way.popleft()
            try:
                return future.result()
            except self._engine.died:
                return compare(piece)

        for start in range(0, len(pairs), _PIECE):
            if len(under_way) == _AHEAD * self._engine.workers:
                yield from next_piece()
            piece = [Pair(self._print(one), self._print(two), turn) for one, two, turn in pairs[start : start + _PIECE]]
            under_way.append((piece, self._engine.submit(compare, piece)))
        while under_way:
            yield from next_piece()

    def _apart(self, pairs: Rows, usable: Rows) -> Rows:
        roots = {row: self.root(row) for row in np.unique(usable[pairs[:, :2]]).tolist()}
        kept = [roots[one] != roots[two] for one, two in usable[pairs[:, :2]].tolist()]
        return pairs[np.array(kept, dtype=np.bool_)]

    def _join(self, one: int, two: int, laid: Laid) -> None:
        low, high = sorted((self.root(one), self.root(two)))
        self._parents[high] = low
        self.links.append((one, two, laid))

    def _features(self, row: int) -> features.Features:
        return features.unpacked(self._print(row).features)


def _end(parents: Mapping[int, int], row: int) -> int:
    while row in parents:
        row = parents[row]
    return row


def _nearest(pairs: Rows) -> Rows:
    """Keep of each image's pairs with images before it the nearest; shape (k, 4) as neighbours.near_pairs gives."""
    ordered = pairs[np.lexsort((pairs[:, 0], pairs[:, 2], pairs[:, 1]))]
    _, begins, counts = np.unique(ordered[:, 1], return_index=True, return_counts=True)
    rank = np.arange(len(ordered)) - np.repeat(begins, counts)
    return ordered[rank < _NEAREST]
