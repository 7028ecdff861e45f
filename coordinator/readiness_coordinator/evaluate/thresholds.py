"""The threshold to run a model at, per class and for all, for one aim; and what the deployed one costs against it."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from readiness.evidence.bounded import NOTHING, Rate
from readiness.evidence.threshold import Aim, Recommendation, Thresholds
from readiness.measures import intervals, operating, threshold_choice
from readiness.measures.intervals import Moments
from readiness.measures.threshold_choice import BANDED, FOLDS, Cells, Counts, Gain, Pick, Rungs
from readiness_coordinator.evaluate import simulator
from readiness_coordinator.evaluate.case import Case
from readiness_coordinator.evaluate.simulator import Prepared

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]
Bools = npt.NDArray[np.bool_]

_NEAR = 0.05  # a best threshold so close above the lowest score predicted may truly lie under it


class _Way(NamedTuple):
    """One way to answer: recall and precision of each group, all classes last."""

    recall: tuple[Rate, ...]
    precision: tuple[Rate, ...]


class _Chosen(NamedTuple):
    """What was chosen for each group: `value` (groups,), infinite where nothing is, and its band; why, and how many
    more objects or answers are needed.
    """

    value: Floats
    low: Floats
    high: Floats
    pooled: Bools
    gain: Gain
    optimism: Floats | None
    because: Sequence[str]
    needed: Sequence[int | None]


def recommend(case: Case, aim: Aim) -> Thresholds:
    """Recommend thresholds for `aim` from the matches of one evaluation."""
    return recommended(simulator.prepare(case, predictions="", dataset=""), aim)


def recommended(prepared: Prepared, aim: Aim) -> Thresholds:
    """Recommend thresholds for `aim` from prepared matches: that of all classes, and those of each."""
    subject, matches = prepared.subject, prepared.matches
    clusters = np.unique(matches.cluster[matches.object_image]).size
    if clusters >= FOLDS:
        made = _promised(prepared, aim) if aim.promise else _fitted(prepared, aim)
    else:
        counts = np.bincount(matches.object_row, minlength=matches.classes).tolist()
        because = f"the objects lie in {clusters} images or recordings: choosing on some and trying on others takes 5"
        named = zip((*subject.classes, ""), (*counts, sum(counts)), strict=True)
        made = [Recommendation(class_name=name, objects=count, because=because) for name, count in named]
    return Thresholds(
        aim=aim,
        deployed=subject.deployed,
        overall=made[-1],
        classes=tuple(made[:-1]),
        optimism=made[-1].optimism,
        cut=subject.cut,
    )


def _fitted(prepared: Prepared, aim: Aim) -> list[Recommendation]:
    """Choose for F1 or cost on four fifths of the clusters, and try on the fifth that was left out, each in turn."""
    ladder = prepared.ladder
    rungs = threshold_choice.at_right_answers(ladder, prepared.part)
    pick = threshold_choice.best(aim)
    value = _scores(rungs, threshold_choice.chosen(rungs, pick))
    suffices, tried = threshold_choice.own_or_pooled(ladder, rungs, prepared.part, aim, prepared.subject.images)
    fold = prepared.part[ladder.cluster] % FOLDS
    new = operating.tallied(ladder, ladder.score >= tried[ladder.group, fold])
    old = operating.tallied(ladder, ladder.score >= prepared.subject.deployed)
    low, high = _band(prepared, rungs, lambda _: pick, value)
    value, low, high = (np.where(suffices, one, one[-1]) for one in (value, low, high))
    way = _way(prepared, new)
    chosen = _Chosen(
        value,
        low,
        high,
        ~suffices,
        _gain(prepared, aim, new, old),
        _optimism(prepared, aim, value, way),
        _remarks(prepared, aim, value, rungs, suffices),
        [None] * ladder.groups,
    )
    return _records(prepared, aim, chosen, way, _way(prepared, old))


def _band(prepared: Prepared, rungs: Rungs, make: Callable[[slice], Pick], value: Floats) -> tuple[Floats, Floats]:
    """Give the band of each group, (groups,); NaN where there are too few objects for one to hold."""
    low, high = threshold_choice.band(rungs, make, value, prepared.subject.level)
    few = prepared.ladder.objects.trials < BANDED
    return np.where(few, np.nan, low), np.where(few, np.nan, np.minimum(high, 1.0))


def _gain(prepared: Prepared, aim: Aim, new: Counts, old: Counts) -> Gain:
    """Compare with the deployed threshold; the intervals of the classes hold together (Bonferroni)."""
    ladder, subject = prepared.ladder, prepared.subject
    level = np.full(ladder.groups, 1 - (1 - subject.level) / max(len(subject.classes), 1))
    level[-1] = subject.level
    cells = Cells(ladder.cell_group, ladder.groups, ladder.cell_objects)
    return threshold_choice.gain(cells, aim, new, old, prepared.part.size, subject.images, level)


def _optimism(prepared: Prepared, aim: Aim, value: Floats, way: _Way) -> Floats:
    """Give how much better the aim looks at `value` on all images than cross-fitted, (groups,)."""
    ladder, images = prepared.ladder, prepared.subject.images
    answers = operating.kept(ladder, value)
    same, _ = operating.moments(ladder, np.arange(ladder.groups), answers)
    inside = threshold_choice.score_of(aim, same.hits, answers.astype(np.float64), same.trials, images)
    right = np.array([rate.hits for rate in way.precision], dtype=np.float64)
    tried = np.array([rate.n for rate in way.precision], dtype=np.float64)
    outside = threshold_choice.score_of(aim, right, tried, same.trials, images)
    return inside - outside if aim.kind == "f1" else outside - inside


def _remarks(prepared: Prepared, aim: Aim, value: Floats, rungs: Rungs, suffices: Bools) -> list[str]:
    """Say what a reader must know of each group's threshold, if anything."""
    cut, objects = prepared.subject.cut, prepared.ladder.objects.trials
    nothing = "no answer is right" if aim.kind == "f1" else "at these costs every threshold costs more than no answer"
    near = np.zeros(value.size, dtype=bool) if cut is None else (value == rungs.score[:, -1]) & (value - cut < _NEAR)
    return [
        nothing
        if np.isinf(value[row])
        else f"{int(objects[row])} objects are too few for a threshold of its own: that of all classes stands"
        if not suffices[row]
        else f"the best may lie under {cut:g}, the lowest score predicted; predict further down to know"
        if near[row]
        else ""
        for row in range(value.size)
    ]


def _promised(prepared: Prepared, aim: Aim) -> list[Recommendation]:
    """Find the threshold at which each group's rate is proven; the rates there are those of the proof itself."""
    ladder, part, level, target = prepared.ladder, prepared.part, prepared.subject.level, aim.target or 0.0
    groups, recall = np.arange(ladder.groups), aim.kind == "recall"
    fewest = threshold_choice.fewest(target, level)
    rungs = (
        threshold_choice.at_right_answers(ladder, part) if recall else threshold_choice.at_counts(ladder, part, fewest)
    )
    at = threshold_choice.promised(ladder, rungs, aim, target, level)
    sums = operating.moments(ladder, groups, rungs.answers[groups, at])
    way = _Way(*(operating.rates(one, level) for one in sums))
    old = _way(prepared, operating.tallied(ladder, ladder.score >= prepared.subject.deployed))
    now, then = (way.recall, old.recall) if recall else (way.precision, old.precision)
    rate, value = np.array([one.value or 0.0 for one in now]), _scores(rungs, at)
    reaching = threshold_choice.reaching
    low, high = _band(prepared, rungs, lambda some: reaching(aim.kind, rate[some]), value)
    gain = Gain(
        target - np.array([one.value or 0.0 for one in then]),
        target - np.array([one.upper for one in then]),
        target - np.array([one.lower for one in then]),
    )
    unproven = np.flatnonzero(at == 0)
    short = dict(zip(unproven.tolist(), _nearest(prepared, aim, rungs, unproven), strict=True))
    said = [_short(aim, short[row], prepared) if row in short else ("", None) for row in range(ladder.groups)]
    because, needed = zip(*said, strict=True)
    return _records(prepared, aim, _Chosen(value, low, high, at < 0, gain, None, because, needed), way, old)


def _nearest(prepared: Prepared, aim: Aim, rungs: Rungs, groups: Indices) -> tuple[Rate, ...]:
    """Give the promised rate of some groups where its test began, and of precision where its lower bound is best."""
    ladder, level, answers = prepared.ladder, prepared.subject.level, rungs.answers[groups]
    if aim.kind == "recall":
        return operating.rates(operating.moments(ladder, groups, answers[:, -1])[0], level)
    level = 1 - (1 - level) / len(threshold_choice.STARTS)
    sums = operating.moments(ladder, np.broadcast_to(groups[:, None], answers.shape), answers)[1]
    worth = intervals.effective_of(sums, level)
    lower, _ = intervals.bounds_of(sums.hits / np.maximum(sums.trials, 1) * worth, worth, level)
    first = threshold_choice.STARTS[0] * threshold_choice.fewest(aim.target or 0.0, level)
    best = np.where(answers >= np.minimum(first, answers[:, -1:]), lower, -1.0).argmax(axis=1)[:, None]
    return operating.rates(Moments(*(np.take_along_axis(one, best, axis=1)[:, 0] for one in sums)), level)


def _short(aim: Aim, rate: Rate, prepared: Prepared) -> tuple[str, int | None]:
    """Say why no threshold keeps the promise, and how many more objects or answers would."""
    target, cut = aim.target or 0.0, prepared.subject.cut
    what = "objects" if aim.kind == "recall" else "answers"
    if not rate.n:
        fewest = threshold_choice.fewest(target, prepared.subject.level)
        return f"there are no {what} here; {fewest} without a fault would prove {target:g}", fewest
    needed = rate.needed(target)
    where = f", at {cut:g}, the lowest score predicted" if aim.kind == "recall" and cut is not None else ""
    best = f"{aim.kind} is at best {rate.hits} of {rate.n}{where}: at least {rate.lower:.3f} by its bound"
    if needed is None:
        return f"{best}, and more {what} at this rate would not prove {target:g}", None
    needed = max(needed, 1)
    return f"{best}; {needed} more {what} at this rate would prove {target:g}", needed


def _scores(rungs: Rungs, at: Indices) -> Floats:
    score: Floats = np.take_along_axis(rungs.score, at[:, None], axis=1)[:, 0]
    return score


def _way(prepared: Prepared, counts: Counts) -> _Way:
    """Bound recall and precision of each group, given what is kept by cell."""
    ladder, level = prepared.ladder, prepared.subject.level
    right, answers = counts
    of = ladder.cell_group, ladder.groups
    recall = intervals.moments_of(right, ladder.cell_objects, *of)
    return _Way(operating.rates(recall, level), operating.rates(intervals.moments_of(right, answers, *of), level))


def _records(prepared: Prepared, aim: Aim, chosen: _Chosen, way: _Way, old: _Way) -> list[Recommendation]:
    names = (*prepared.subject.classes, "")
    return [_record(prepared, aim, chosen, way, old, row, name) for row, name in enumerate(names)]


def _record(prepared: Prepared, aim: Aim, chosen: _Chosen, way: _Way, old: _Way, row: int, name: str) -> Recommendation:
    """Build one group's record: where nothing was chosen nothing is said of it, nor of a deployed threshold unseen."""
    subject = prepared.subject
    there, seen = bool(np.isfinite(chosen.value[row])), subject.cut is None or subject.deployed >= subject.cut
    recall, precision = (way.recall[row], way.precision[row]) if there else (NOTHING, NOTHING)
    recall_old, precision_old = (old.recall[row], old.precision[row]) if seen else (NOTHING, NOTHING)
    per_1000 = 1000 / max(subject.images, 1)
    judged = precision_old.n if aim.kind == "precision" else recall_old.n
    told = seen and (judged > 0 if aim.promise else there)
    return Recommendation(
        class_name=name,
        objects=int(prepared.ladder.objects.trials[row]),
        value=float(chosen.value[row]) if there else None,
        low=float(chosen.low[row]) if there and np.isfinite(chosen.low[row]) else None,
        high=float(chosen.high[row]) if there and np.isfinite(chosen.low[row]) else None,
        pooled=bool(chosen.pooled[row]),
        recall=recall,
        precision=precision,
        f1=_f1(recall, precision) if there else None,
        cost=_cost(prepared, aim, recall, precision) if there else None,
        recall_deployed=recall_old,
        precision_deployed=precision_old,
        f1_deployed=_f1(recall_old, precision_old) if seen else None,
        cost_deployed=_cost(prepared, aim, recall_old, precision_old) if seen else None,
        gain=float(chosen.gain.value[row]) if told else None,
        gain_lower=float(chosen.gain.lower[row]) if told else None,
        gain_upper=float(chosen.gain.upper[row]) if told else None,
        missed_change=round((recall_old.hits - recall.hits) * per_1000, 1) if seen and there else None,
        false_change=round((_false(precision) - _false(precision_old)) * per_1000, 1) if seen and there else None,
        optimism=float(chosen.optimism[row]) if there and chosen.optimism is not None else None,
        needed=chosen.needed[row],
        because=chosen.because[row],
    )


def _false(precision: Rate) -> int:
    return precision.n - precision.hits


def _f1(recall: Rate, precision: Rate) -> float | None:
    return 2 * recall.hits / (recall.n + precision.n) if recall.n + precision.n else None


def _cost(prepared: Prepared, aim: Aim, recall: Rate, precision: Rate) -> float:
    missed = recall.n - recall.hits
    return (aim.cost_missed * missed + aim.cost_false * _false(precision)) / max(prepared.subject.images, 1)
