"""A search for slices that are worse than the rest of their class, held to a false discovery rate and a second half."""

from collections.abc import Sequence
from itertools import combinations
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special, stats

from readiness.measures import intervals

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.intp]
Method = Literal["bh", "by"]
Parts = tuple[tuple[int, int], ...]

ALL = -1  # in place of a class: objects of all classes
MOST = 100  # found slices that are looked into further, the most certain ones


class Trials(NamedTuple):
    """Objects (or answers): `hit` (m,) tells the right ones, `row` (m,) their class, `cluster` (m,) their sample.

    `within` and `across` are the intraclass correlations of misses in a cluster, of one class and of any two.
    """

    hit: Bools
    row: Indices
    cluster: Indices
    within: float = 0.0
    across: float = 0.0

    def part(self, some: Bools) -> "Trials":
        return self._replace(hit=self.hit[some], row=self.row[some], cluster=self.cluster[some])


class Cut(NamedTuple):
    """One way to cut the objects: `value` (m,) gives each one's slice from 0 to `values` - 1, or -1 for none."""

    value: Indices
    values: int


class Rules(NamedTuple):
    """What makes a slice worth telling: so many objects and clusters in each half, and recall so far below the rest.

    `level` is the false discovery rate among what one half gives, `alpha` the chance that a false slice is left after
    the other half confirmed.
    """

    least_objects: int = 20
    least_clusters: int = 5
    least_effect: float = 0.1
    level: float = 0.25
    alpha: float = 0.05


class Weak(NamedTuple):
    """A slice found weak: its class or ALL, its conditions as pairs of cut and value, and the adjusted p value.

    `first` tells whether the first half is where it was found, and so the other one confirmed it.
    """

    row: int
    parts: Parts
    q: float = 1.0
    first: bool = True


class Searched(NamedTuple):
    """How many slices were tested in a half (the one with more of them), and which are weak."""

    tested: int
    weak: tuple[Weak, ...]


class _Tested(NamedTuple):
    """`tested` slices were; those over the effect floor stand in `slices` (s,) with their `p` (s,)."""

    tested: int
    p: Floats
    slices: tuple[Weak, ...]


def search(trials: Trials, cuts: Sequence[Cut], first: Bools, rules: Rules) -> Searched:
    """Look for weak slices in one half, `first` (m,) or not, and confirm them in the other; then the other way round.

    Whole clusters must lie on one side. Slices are single conditions and pairs of them, within each class and over
    all, each tested against the rest of its class. The single ones are held to `level` after Benjamini & Hochberg
    (1995), pairs, which overlap strongly, after Benjamini & Yekutieli (2001); the found ones must then reach half of
    `alpha` in the other half after Holm (1979), which by itself bounds the chance of any false one by `alpha`.
    What a broader weak slice explains is dropped.
    """
    trials = trials._replace(within=_correlation(trials, trials.row), across=_correlation(trials, trials.row * 0))
    here, weak = _one_way(trials, cuts, first, rules)
    there, others = _one_way(trials, cuts, ~first, rules)
    best: dict[tuple[int, Parts], Weak] = {}
    for one in sorted([*weak, *(one._replace(first=False) for one in others)], key=lambda one: one.q):
        best.setdefault((one.row, one.parts), one)
    return Searched(max(here, there), tuple(_simplest(trials, cuts, [*best.values()], rules)))


def _one_way(trials: Trials, cuts: Sequence[Cut], half: Bools, rules: Rules) -> tuple[int, list[Weak]]:
    """Look in one half and confirm in the other; how many slices were tested, and those that are weak."""
    mine, inside = trials.part(half), [Cut(cut.value[half], cut.values) for cut in cuts]
    single = _tested(mine, inside, [(i,) for i in range(len(cuts))], rules)
    double = _tested(mine, inside, [*combinations(range(len(cuts)), 2)], rules)
    found = [*_discovered(single, "bh", rules.level), *_discovered(double, "by", rules.level)]
    found = sorted(found, key=lambda one: one.q)[:MOST]
    other = [Cut(cut.value[~half], cut.values) for cut in cuts]
    passed = _confirmed(trials.part(~half), other, found, rules._replace(alpha=rules.alpha / 2))
    return single.tested + double.tested, passed


def members(trials: Trials, cuts: Sequence[Cut], row: int, parts: Sequence[tuple[int, int]]) -> Bools:
    """Tell which objects (m,) lie in a slice."""
    inside: Bools = np.ones(trials.row.size, dtype=bool) if row == ALL else trials.row == row
    for cut, value in parts:
        inside = inside & (cuts[cut].value == value)
    return inside


class Contrast(NamedTuple):
    """How much more often a slice's objects are missed than the rest's, and how likely so much is by chance."""

    effect: float
    p: float


def contrast(trials: Trials, inside: Bools, rules: Rules) -> Contrast:
    """Compare the objects `inside` (m,) with the other ones of their classes; p is 1 where there are too few.

    The effect is the difference of the miss rates, over classes as Mantel & Haenszel (1959) weigh them.
    """
    rows = int(trials.row.max(initial=0)) + 1
    tally = _tallied(trials, Cut(np.where(inside, 0, -1), 1), rows)[:, -1]
    return _contrast(trials.part(inside), tally, rules)


def contrast_within(trials: Trials, beyond: Floats, inside: Bools, around: Bools, rules: Rules) -> Contrast:
    """Compare the objects `inside` (m,) with the other ones `around` them, by `beyond` (m,) of their misses.

    That is 1 for a miss and 0 for a hit less the rate of the class, so that classes need not be the same in both.
    """
    n, whole = int(inside.sum()), int(around.sum())
    excess = beyond[inside].sum() - n * beyond[around].mean() if whole else 0.0
    tally = np.array([[n], [(~trials.hit[inside]).sum()], [n * (1 - n / max(whole, 1))], [excess]], dtype=np.float64)
    return _contrast(trials.part(inside), tally, rules)


def _contrast(own: Trials, tally: Floats, rules: Rules) -> Contrast:
    n, _, lent, excess = tally[:, 0]
    if n < rules.least_objects or lent <= 0:
        return Contrast(0.0, 1.0)
    alike = own.within if np.unique(own.row).size == 1 else own.across
    cells = intervals.cells_of(own.hit, np.zeros(own.row.size, dtype=np.intp), own.cluster)
    return Contrast(float(excess / lent), float(_p(tally, cells, np.array([alike]), rules)[0]))


def _p(tally: Floats, cells: tuple[Floats, Floats, Indices], alike: Floats, rules: Rules) -> Floats:
    """Give the one-sided p values (s,) of slices, from their `tally` (4, s) and their counts by cluster.

    It is the exact binomial one of so large an effect beyond the miss rate of the classes as a whole, on the
    effective number of trials times the share of the classes that lies outside: as in a score test, the variance of
    the difference of two shares of one rate goes with 1/a + 1/b. The design effect is what the correlation `alike`
    (s,) makes of clusters of this size (Kish 1965), or what is seen in the slice if that is more.
    """
    n, missed, lent, excess = tally
    hits, trials, group = cells
    clusters = np.bincount(group, minlength=n.size)
    even = np.bincount(group, trials**2, n.size) / n
    share = missed / n
    residual = np.bincount(group, (trials - hits - share[group] * trials) ** 2, n.size)
    seen = residual * clusters / np.maximum(clusters - 1, 1) / np.maximum(share * (1 - share) * n, 1e-9)
    independent = lent / np.maximum(np.maximum(1 + (even - 1) * alike, seen), 1)
    effect, expected = excess / lent, (missed - excess) / n
    wrong = np.maximum(np.minimum(expected + effect, 1) * independent, 1e-9)
    p = special.betainc(wrong, independent - wrong + 1, np.clip(expected, 0, 1))
    return np.where((effect > 0) & (clusters >= rules.least_clusters), p, 1.0)


def _correlation(trials: Trials, group: Indices) -> float:
    """Give the intraclass correlation of the misses of one group in one cluster, beyond their class's rate."""
    beyond, rate = _beyond(trials)
    spread = np.sqrt(rate * (1 - rate))
    _, cell = np.unique(group * (int(trials.cluster.max(initial=0)) + 1) + trials.cluster, return_inverse=True)
    together, most = (float((np.bincount(cell, one) ** 2).sum() - (one**2).sum()) for one in (beyond, spread))
    return min(1.0, max(0.0, together / most)) if most > 0 else 0.0


def _beyond(trials: Trials) -> tuple[Floats, Floats]:
    """Give each object's miss (0 or 1) less its class's rate, and that rate; both (m,)."""
    missed = (~trials.hit).astype(np.float64)
    rate = (np.bincount(trials.row, missed) / np.maximum(np.bincount(trials.row), 1))[trials.row]
    return missed - rate, rate


def _tallied(trials: Trials, cut: Cut, rows: int) -> Floats:
    """Count by class and value, (4, rows + 1, values), the last row being all classes.

    Told are objects, missed ones, objects times the share of their class outside the slice, and the misses beyond
    what the class's own rate gives.
    """
    width = cut.values + 1  # the first column takes those without a value
    place = (trials.row * width + cut.value + 1) * 2 + ~trials.hit
    counts = np.bincount(place, minlength=rows * width * 2).reshape(rows, width, 2).astype(np.float64)
    n, missed = counts.sum(axis=2), counts[:, :, 1]
    of_class = np.maximum(n.sum(axis=1, keepdims=True), 1)
    lent, excess = n * (1 - n / of_class), missed - n * missed.sum(axis=1, keepdims=True) / of_class
    tables = np.stack([n, missed, lent, excess])[:, :, 1:]
    return np.concatenate([tables, tables.sum(axis=1, keepdims=True)], axis=1)


def _crossed(cuts: Sequence[Cut], chosen: tuple[int, ...]) -> Cut:
    """Give the cut by one condition or by two at once."""
    one, other = cuts[chosen[0]], cuts[chosen[-1]]
    if len(chosen) == 1:
        return one
    both = np.where((one.value >= 0) & (other.value >= 0), one.value * other.values + other.value, -1)
    return Cut(both, one.values * other.values)


def _tested(trials: Trials, cuts: Sequence[Cut], chosen: Sequence[tuple[int, ...]], rules: Rules) -> _Tested:
    """Test every slice of enough objects that does not hold its whole class; one below the effect floor has p 1."""
    rows = int(trials.row.max(initial=0)) + 1
    alone = [_tallied(trials, cut, rows)[0] for cut in cuts]
    count, tables, hit, group, cluster = 0, [], [], [], []
    slices: list[Weak] = []
    for parts in chosen:
        cut = _crossed(cuts, parts)
        counts = _tallied(trials, cut, rows)
        n, _, lent, excess = counts
        worth_it = (n >= rules.least_objects) & (lent > 0) & ~_same(n, parts, alone)
        picked = worth_it & (excess >= rules.least_effect * lent)
        index = np.full(n.shape, -1, dtype=np.intp)
        index[picked] = len(slices) + np.arange(int(picked.sum()))
        for of in (index[trials.row, cut.value], index[-1, cut.value]):
            mine = np.flatnonzero((of >= 0) & (cut.value >= 0))
            hit.append(trials.hit[mine])
            group.append(of[mine])
            cluster.append(trials.cluster[mine])
        count += int(worth_it.sum())
        tables.append(counts[:, picked])
        slices += [_named(row, value, parts, cuts, rows) for row, value in np.argwhere(picked).tolist()]
    if not slices:
        return _Tested(count, np.zeros(0), ())
    cells = intervals.cells_of(np.concatenate(hit), np.concatenate(group), np.concatenate(cluster))
    alike = np.array([trials.across if one.row == ALL else trials.within for one in slices])
    return _Tested(count, _p(np.hstack(tables), cells, alike, rules), tuple(slices))


def _same(n: Floats, parts: tuple[int, ...], alone: Sequence[Floats]) -> Bools:
    """Tell which slices (rows + 1, values) are another one too: of one condition or of the one class."""
    shape = n.shape
    same = np.zeros(shape, dtype=bool)
    if len(parts) > 1:
        one, other = (alone[i] for i in parts)
        cube = n.reshape(shape[0], one.shape[1], other.shape[1])
        same = ((cube == one[:, :, None]) | (cube == other[:, None, :])).reshape(shape)
    same[-1] |= (n[:-1] > 0).sum(axis=0) <= 1
    return same


def _named(row: int, value: int, parts: tuple[int, ...], cuts: Sequence[Cut], rows: int) -> Weak:
    values = (value,) if len(parts) == 1 else divmod(value, cuts[parts[1]].values)
    return Weak(ALL if row == rows else row, tuple(zip(parts, values, strict=True)))


def _discovered(tested: _Tested, method: Method, level: float) -> list[Weak]:
    if not tested.slices:
        return []
    padded = np.ones(tested.tested)
    padded[: tested.p.size] = tested.p
    q = stats.false_discovery_control(padded, method=method)
    return [one._replace(q=float(q[i])) for i, one in enumerate(tested.slices) if q[i] <= level]


def _confirmed(trials: Trials, cuts: Sequence[Cut], found: Sequence[Weak], rules: Rules) -> list[Weak]:
    """Keep what is weak in the other half too, by Holm's step-down rule over all that is looked at."""
    p = np.array([contrast(trials, members(trials, cuts, one.row, one.parts), rules).p for one in found])
    order = np.argsort(p, kind="stable")
    passed = p[order] * np.arange(p.size, 0, -1) <= rules.alpha
    return [found[i] for i in order[: p.size if passed.all() else int(np.argmin(passed))]]


def _simplest(trials: Trials, cuts: Sequence[Cut], weak: Sequence[Weak], rules: Rules) -> list[Weak]:
    """Drop slices that others explain: narrow ones little worse than a broader one, then all that are weak by others.

    The latter are tried from the least certain on: what is left of one outside the others that are not broader must
    still be weak.
    """
    lies_in = {one: members(trials, cuts, one.row, one.parts) for one in weak}
    beyond, _ = _beyond(trials)
    strict = rules._replace(alpha=rules.alpha / max(len(weak), 1))
    kept: list[Weak] = []
    for one in sorted(weak, key=lambda one: (len(one.parts) + (one.row != ALL), one.q)):
        around = [lies_in[broad] for broad in kept if _inside(one, broad)]
        if all(_clear(contrast_within(trials, beyond, lies_in[one], broad, strict), strict) for broad in around):
            kept.append(one)
    for one in sorted(kept, key=lambda one: -one.q):
        others = [lies_in[other] for other in kept if other is not one and not _inside(one, other)]
        rest = ~np.logical_or.reduce([np.zeros(trials.row.size, dtype=bool), *others])
        if others and not _clear(contrast(trials.part(rest), lies_in[one][rest], rules), rules):
            kept.remove(one)
    return kept


def _clear(found: Contrast, rules: Rules) -> bool:
    return found.p <= rules.alpha and found.effect >= rules.least_effect


def _inside(narrow: Weak, broad: Weak) -> bool:
    return broad.row in {ALL, narrow.row} and set(broad.parts) <= set(narrow.parts)
