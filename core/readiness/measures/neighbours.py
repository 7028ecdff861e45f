"""Which of very many images are worth comparing: hashes a few bits apart, and pictures that share local features."""

from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from readiness.measures.features import Descriptors
from readiness.measures.hashes import NEAR, ORIENTATIONS, Hashes

Pairs = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint32]
Floats = npt.NDArray[np.float64]

_PARTS = 4
_BLOCK = 1024
_STEP = 1 << 20
_CROWD = 2048
_COMMON = 32
_CHANCE = 17
_MASKS = np.array(
    [sum(1 << bit for bit in bits) for count in range(3) for bits in combinations(range(16), count)], dtype=np.uint16
)


class _Part(NamedTuple):
    """One part of all hashes: images in the order of its value, and where each of the 65,536 values begins in it."""

    order: Numbers
    begins: Numbers


def near_pairs(hashes: Hashes, most: int = NEAR) -> Iterator[Pairs]:
    """Find the pairs of images whose hashes, shape (n, 8), differ in at most `most` (up to 11) of 64 bits.

    Gives them block by block, shape (k, 4) int64: i < j, distance, and the orientation in which image i looks like
    `orient(j, orientation)`; sorted by i. Of four parts of 16 bits one differs in at most two where the whole differs
    in at most 11 (multi-index hashing, Norouzi et al. 2012), and all such parts are looked up, so that nothing is
    missed while fewer than 2,048 images have an equal part; of more, each is compared with the last 2,048 before it.
    """
    if len(hashes) < 2:
        return
    values = _values(hashes[:, 0])
    orders = [np.argsort(values[:, part], kind="stable") for part in range(_PARTS)]
    parts = [
        _Part(order, np.searchsorted(values[order, part], np.arange(2**16 + 1))) for part, order in enumerate(orders)
    ]
    for start in range(0, len(hashes), _BLOCK):
        turned = hashes[start : start + _BLOCK].reshape(-1)
        wanted = _values(turned)
        found = [
            keys
            for number, part in enumerate(parts)
            for mask in _MASKS
            for low, many in [_ranges(part, wanted[:, number] ^ mask, start)]
            for keys in _kept(hashes, turned, part, low, many, start, most)
        ]
        yield _nearest(hashes, np.unique(np.concatenate([np.empty(0, dtype=np.int64), *found])))


class _Words(NamedTuple):
    """One word of all descriptors: its values in order, where the owners of each begin, and the owners."""

    values: Words
    begins: Numbers
    owners: Words


class Index:
    """Images by the words of their descriptors: eight words of 32 bits, each looked up as it is."""

    def __init__(self, images: list[Descriptors]) -> None:
        owners = np.repeat(np.arange(len(images), dtype=np.uint32), [len(one) for one in images])
        self._tables: list[_Words] = []
        for words in _words(images):
            order = np.argsort(words, kind="stable")
            ordered = words[order]
            begins = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1])[: len(words)])
            self._tables.append(_Words(ordered[begins], np.append(begins, len(words)), owners[order]))
        self._images = len(images)

    def likest(self, asked: list[Descriptors], most: int) -> list[tuple[Numbers, Floats]]:
        """Give for each of `asked`, shape (n, 4), the images, by number, that share most with it, and how much.

        At most `most`, best first, and only those that share half as much again as the 18th best, which shares by
        chance: among 627 real images that left three for each of 535 copies of them to compare, and of 518 copies that
        comparing would tell lost three, crops to 36 % of the area.
        A shared word counts the less, the more features have it; one that more than 32 have says nothing.
        """
        if not len(self._tables[0].values):
            return [(np.empty(0, dtype=np.int64), np.empty(0))] * len(asked)
        askers = np.repeat(np.arange(len(asked)), [len(one) for one in asked])
        keys, weights = [np.empty(0, dtype=np.int64)], [np.empty(0)]
        for table, words in zip(self._tables, _words(asked), strict=True):
            # Looked up in order, they are found four times as fast.
            known = np.argsort(words)
            place = np.searchsorted(table.values, words[known])
            there = np.flatnonzero(table.values[np.minimum(place, len(table.values) - 1)] == words[known])
            known, place = known[there], place[there]
            low = table.begins[place]
            many = table.begins[place + 1] - low
            rare = many <= _COMMON
            known, low, many = known[rare], low[rare], many[rare]
            owners: Numbers = table.owners[_runs(low, many)].astype(np.int64)
            keys.append(np.repeat(askers[known] * self._images, many) + owners)
            weights.append(np.repeat(1 / np.sqrt(many), many))
        size = (len(asked), self._images)
        scores = np.bincount(np.concatenate(keys), np.concatenate(weights), minlength=size[0] * size[1])
        return _best(scores.reshape(size).round(6), most)


def _best(scores: Floats, most: int) -> list[tuple[Numbers, Floats]]:
    """Give of each row's scores, shape (askers, images), the best and where they stand."""
    chance = np.zeros(len(scores))
    if scores.shape[1] > _CHANCE:
        chance = np.partition(scores, -_CHANCE - 1, axis=1)[:, -_CHANCE - 1]
    rows, columns = np.nonzero(scores >= np.maximum(1.0, 1.5 * chance)[:, None])
    points = scores[rows, columns]
    ordered = np.lexsort((columns, -points, rows))
    rows, columns, points = rows[ordered], columns[ordered], points[ordered]
    begins = np.searchsorted(rows, np.arange(len(scores)))
    ends = np.minimum(begins + most, np.searchsorted(rows, np.arange(len(scores)), side="right"))
    return [(columns[low:high], points[low:high]) for low, high in zip(begins, ends, strict=True)]


def _words(images: list[Descriptors]) -> Words:
    """Cut the descriptors of some images into words, shape (8, n)."""
    every = np.concatenate([np.empty((0, _PARTS), dtype=np.uint64), *images])
    words: Words = np.ascontiguousarray(every).view(np.uint32).T
    return words


def _values(hashes: Hashes) -> npt.NDArray[np.uint16]:
    """Cut hashes, shape (n,), into four parts each, shape (n, 4): every fourth bit, so that no part is all coarse."""
    bits = np.unpackbits(hashes.astype("<u8").view(np.uint8).reshape(-1, 8), axis=1, bitorder="little")
    mixed = bits.reshape(-1, 16, _PARTS).swapaxes(1, 2)
    return np.packbits(mixed, axis=2, bitorder="little").view("<u2").reshape(-1, _PARTS)


def _runs(low: Numbers, many: Numbers) -> Numbers:
    """Give `low`, `low` + 1, … for `many` steps each, one run after the other."""
    ends = np.cumsum(many)
    runs: Numbers = np.arange(ends[-1] if len(ends) else 0) + np.repeat(low - (ends - many), many)
    return runs


def _ranges(part: _Part, wanted: npt.NDArray[np.uint16], start: int) -> tuple[Numbers, Numbers]:
    """Give where the images with the wanted values stand in a part's order, and how many there are of each."""
    low, high = part.begins[wanted], part.begins[wanted.astype(np.int64) + 1]
    for row in np.flatnonzero(high - low > _CROWD).tolist():
        high[row] = low[row] + np.searchsorted(part.order[low[row] : high[row]], start + row // ORIENTATIONS)
        low[row] = max(low[row], high[row] - _CROWD)
    return low, high - low


def _kept(
    hashes: Hashes, turned: Hashes, part: _Part, low: Numbers, many: Numbers, start: int, most: int
) -> Iterator[Numbers]:
    """Give the pairs i < j that are near, as i * n + j, in steps of bounded size."""
    some = np.flatnonzero(many)
    ends = np.cumsum(many[some])
    cuts = np.searchsorted(ends, np.arange(_STEP, ends[-1] if len(ends) else 0, _STEP))
    for asked in np.split(some, cuts):
        i = part.order[_runs(low[asked], many[asked])]
        rows = np.repeat(asked, many[asked])
        near = np.flatnonzero(np.bitwise_count(hashes[i, 0] ^ turned[rows]) <= most)
        i, j = i[near], start + rows[near] // ORIENTATIONS
        yield (i * len(hashes) + j)[i < j]


def _nearest(hashes: Hashes, keys: Numbers) -> Pairs:
    i, j = keys // len(hashes), keys % len(hashes)
    apart = np.bitwise_count(hashes[i, :1] ^ hashes[j])
    turned = apart.argmin(axis=1)
    return np.column_stack([i, j, apart[np.arange(len(keys)), turned], turned]).astype(np.int64)
