"""Two or more models on the same truth, paired by image: what got worse, what got better, where nobody can tell."""

import math
from collections.abc import Sequence

import numpy as np
from scipy import stats

from readiness import comparison
from readiness.comparison import Comparison, Difference, Versus
from readiness.exits import Stop
from readiness.measures import paired
from readiness_coordinator.evaluate import compared_ap, compared_rates
from readiness_coordinator.evaluate.case import Case
from readiness_coordinator.evaluate.compared_rates import Row
from readiness_coordinator.evaluate.tallies import worst_first
from readiness_coordinator.formats import Picture

LEVEL = 0.05  # half of it for the overall figures, half for all classes and slices together
LEAST = 5  # objects, or answers, from which a difference is asked about at all
_MOST = 1_000_000  # nobody brings more
_RANK = {"worse": 0, "better": 1, "cannot tell": 2}
_PART = {"overall": 0, "class": 1, "slice": 2}


def compare(cases: Sequence[Case], names: Sequence[str], incumbent: str | None = None) -> Comparison:
    """Compare each model with the incumbent, which is the first one unless it is named.

    Each is judged at its own threshold (`Case.confidence`). Raises Stop where the truths are not the same.
    """
    if incumbent is not None and incumbent not in names:
        raise Stop(f"'{incumbent}' is none of the models to compare: {', '.join(names)}")
    first = 0 if incumbent is None else names.index(incumbent)
    base = cases[first]
    rest = [i for i in range(len(cases)) if i != first]
    for i in rest:
        if (fault := _unlike(base, cases[i])) is not None:
            raise Stop(f"'{names[first]}' and '{names[i]}' cannot be compared: {fault}")
    return Comparison(
        incumbent=names[first],
        split=base.predictions.split,
        images=len(base.predictions.pictures),
        objects=int((~base.truth.crowd).sum()),
        level=LEVEL,
        versus=tuple(_versus(base, cases[i], names[i]) for i in rest),
    )


def said(compared: Comparison, most: int = 12) -> list[str]:
    """Tell a comparison in lines, regressions first; at most `most` differences a challenger."""
    lines = []
    for one in compared.versus:
        counts = [sum(d.answer == kind for d in one.differences) for kind in _RANK]
        lines.append(
            f"{one.challenger} against {compared.incumbent} on '{compared.split}': {one.answer} overall;"
            f" {counts[0]} figures worse, {counts[1]} better, {counts[2]} cannot tell"
        )
        told = [d for d in one.differences if d.answer != "cannot tell" or d.part == "overall"]
        lines += [_line(d) for d in told[:most]]
        if len(told) > most:
            lines.append(f"  and {len(told) - most} more")
    return lines


def _line(one: Difference) -> str:
    where = f"'{one.name}' {one.figure}" if one.name else f"overall {one.figure}"
    line = f"  {one.answer}: {where} {one.before:.3f} to {one.after:.3f} ({one.lower:+.3f} to {one.upper:+.3f})"
    if one.answer == "worse" and one.images:
        more = f" and {one.images_total - 3} more" if one.images_total > 3 else ""
        return f"{line}: {', '.join(one.images[:3])}{more}"
    if one.answer == "cannot tell" and not one.lower <= 0 <= one.upper:
        return f"{line}; alone it would count, among so many figures it may be chance"
    if one.answer == "cannot tell" and one.needed:
        what = "answers" if one.figure == "precision" else "objects"
        return f"{line}; {one.needed} more {what} would settle a difference of this size"
    return line


def _unlike(base: Case, other: Case) -> str | None:
    """Say in what two cases differ that must be the same for both models; None where they can be compared."""
    if base.labelled.task != other.labelled.task:
        return f"one does {base.labelled.task}, the other {other.labelled.task}"
    if base.iou != other.iou:
        return f"IoU {base.iou:g} was asked of one, {other.iou:g} of the other; evaluate both alike"
    if base.predictions.split != other.predictions.split:
        return f"one ran on '{base.predictions.split}', the other on '{other.predictions.split}'; give --split"
    if base.labelled.classes != other.labelled.classes:
        return "their truths have other classes; evaluate both on one truth"
    mine, theirs = ([picture.name for picture in case.predictions.pictures] for case in (base, other))
    if mine != theirs:
        stray = next(iter(sorted(set(mine) ^ set(theirs))), None)
        where = "stand in another order" if stray is None else f"differ, such as '{stray}'"
        return f"their images {where}; evaluate both on one truth"
    one, two = base.truth, other.truth
    same = (
        np.array_equal(*pair)
        for pair in ((one.image, two.image), (one.row, two.row), (one.boxes, two.boxes), (one.crowd, two.crowd))
    )
    return None if all(same) else "their labels differ; evaluate both on one truth"


def _versus(base: Case, other: Case, name: str) -> Versus:
    found = [*compared_rates.rows(base, other), *compared_ap.rows(base, other)]
    asked = [row for row in found if row.n >= LEAST]
    p = np.array([row.p for row in asked])
    q = np.ones(p.size)
    overall = np.array([row.part == "overall" for row in asked], dtype=bool)
    for family in (overall, ~overall):
        # Half of the level for each of two families is twice the q of either.
        q[family] = np.minimum(1.0, 2 * paired.adjusted(p[family]))
    pictures = base.predictions.pictures
    told = sorted((_judged(row, float(q[i]), pictures) for i, row in enumerate(asked)), key=_order)
    return Versus(
        challenger=name,
        confidence=(base.confidence, other.confidence),
        answer=comparison.together(tuple(one.answer for one in told if one.part == "overall")),
        differences=tuple(told),
        unasked=len(found) - len(asked),
    )


def _judged(row: Row, q: float, pictures: Sequence[Picture]) -> Difference:
    difference = row.after - row.before
    answer = comparison.answer(difference, q, LEVEL)
    worse = row.worse if answer == "worse" else row.worse[:0]
    return Difference(
        part=row.part,
        name=row.name,
        figure=row.figure,
        before=row.before,
        after=row.after,
        difference=difference,
        lower=row.lower,
        upper=row.upper,
        q=q,
        answer=answer,
        n=row.n,
        clusters=row.clusters,
        needed=_needed(row) if answer == "cannot tell" else None,
        images=worst_first(pictures, worse),
        images_total=int(np.unique(worse).size),
    )


def _needed(row: Row) -> int | None:
    """Count the further trials, clustered as these are, whose 95 % interval would leave out 0 at this difference."""
    difference = abs(row.after - row.before)
    if not difference:
        return None
    reach = float(stats.norm.ppf(0.975)) * row.error
    more = math.ceil(row.n * ((reach / difference) ** 2 - 1))
    return more if 0 < more <= _MOST else None


def _order(one: Difference) -> tuple[int, int, float, str, str]:
    return _RANK[one.answer], _PART[one.part], -abs(one.difference), one.name, one.figure
