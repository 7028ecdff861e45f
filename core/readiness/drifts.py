"""Differences between splits as answers: found only where the lower bound of the effect passes the limit."""

from collections.abc import Collection

from readiness.evidence.dataset import Dataset, Drift
from readiness.finding import Measure, Outcome, Step, Subject, clear, found, inapplicable, unknown
from readiness.listed import RESCAN

_PLAIN = {"luma": "brightness (luma)", "spread": "contrast (spread of luma)"}


def judge(dataset: Dataset, measures: Collection[str], limit: float, what: str, step: Step) -> Outcome | list[Outcome]:
    """Answer once for every two splits; of several measures the farthest apart counts.

    A difference that its bounds leave open is no finding: two small splits always look unlike.
    """
    if dataset.drifts is None:
        return unknown(f"not measured: how far {what} differ between splits", "missing", step=RESCAN)
    pairs: dict[tuple[str, str], list[Drift]] = {}
    for drift in dataset.drifts:
        if drift.measure in measures:
            pairs.setdefault(drift.splits, []).append(drift)
    if not pairs:
        return inapplicable(f"there are no two splits with enough to compare {what}")
    return [_pair(splits, drifts, limit, step) for splits, drifts in sorted(pairs.items())]


def _pair(splits: tuple[str, str], drifts: list[Drift], limit: float, step: Step) -> Outcome:
    ordered = sorted(drifts, key=lambda one: (-one.lower, -one.effect, one.measure))
    worst = ordered[0]
    subject = Subject("split", " + ".join(splits))
    measure = Measure(
        measured=worst.effect,
        limit=limit,
        unit="effect",
        interval=(worst.lower, worst.upper),
        n_effective=min(worst.n),
    )
    over = [one for one in ordered if one.lower > limit]
    said = "; ".join(_said(one) for one in over or [worst])
    because = f"{splits[0]} against {splits[1]}: {said}; {limit:g} of 1 is allowed"
    if over:
        return found(because, subject=subject, measure=measure, step=step)
    if worst.upper > limit:
        return inapplicable(f"{because}: too little to tell")
    return clear(because, subject=subject, measure=measure)


def _said(drift: Drift) -> str:
    name = _PLAIN.get(drift.measure, drift.measure)
    return f"{name}: {drift.effect:.2f} apart ({drift.lower:.2f} to {drift.upper:.2f})"
