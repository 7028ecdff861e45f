"""How right answers depend on their score, and found objects on their size and on how many share the image."""

import numpy as np
import numpy.typing as npt

from readiness.evidence.explanation import Calibration, CalibrationBin, CurvePoint, Scores
from readiness.measures import bins, calibration, intervals
from readiness_coordinator.evaluate.case import Case

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]
Bools = npt.NDArray[np.bool_]

_SCORES = 20
_POINTS, _OBJECTS = 8, 20
_BINS, _ANSWERS = 10, 20
_LEAST_OVERALL, _LEAST_CLASS, _LEAST_CLUSTERS = 60, 100, 6


def scores(case: Case) -> tuple[Scores, ...]:
    """Count right and wrong answers by score: of all classes together, then of each that was answered.

    Nothing where a score is below 0 or over 1.
    """
    said, counted = case.predictions, ~case.matches.ignored
    if not _within_one(said.scores):
        return ()
    classes = len(case.labelled.classes)
    cell = np.clip((said.scores * _SCORES).astype(np.intp), 0, _SCORES - 1)
    right = case.matches.objects >= 0
    key = ((said.row * 2 + right) * _SCORES + cell)[counted]
    table = np.bincount(key, minlength=classes * 2 * _SCORES).reshape(classes, 2, _SCORES)
    named = [("", table.sum(axis=0)), *zip(case.labelled.classes, table, strict=True)]
    return tuple(
        Scores(class_name=name, right=tuple(counts[1].tolist()), wrong=tuple(counts[0].tolist()))
        for name, counts in named
        if counts.any()
    )


def by_size(case: Case) -> tuple[CurvePoint, ...]:
    """Give recall by the root of the object's area in pixels; nothing of a classifier."""
    return () if case.labelled.task == "classification" else _curve(case, np.sqrt(np.maximum(case.truth.area, 0.0)))


def by_crowding(case: Case) -> tuple[CurvePoint, ...]:
    """Give recall by the number of objects in the image, crowd regions aside; nothing of a classifier."""
    truth = case.truth
    count = np.bincount(truth.image[~truth.crowd], minlength=len(case.predictions.pictures)).astype(np.float64)
    return () if case.labelled.task == "classification" else _curve(case, count[truth.image])


def _curve(case: Case, values: Floats) -> tuple[CurvePoint, ...]:
    """Give recall over bins of equal count of the objects' `values` (m,)."""
    truth, objects = case.truth, ~case.truth.crowd
    values = values[objects]
    if not values.size:
        return ()
    place = bins.equal_counts(values, np.zeros(values.size, dtype=np.intp), _POINTS, _OBJECTS)
    count = int(place.max()) + 1
    low = np.full(count, np.inf)
    np.minimum.at(low, place, values)
    cluster = truth.cluster[truth.image[objects]]
    rates = intervals.rates(case.outcomes.hit[objects], place, cluster, count, case.policy.confidence)
    edges = low.tolist()
    return tuple(
        CurvePoint(low=edge, high=high, recall=rate)
        for edge, high, rate in zip(edges, [*edges[1:], None], rates, strict=True)
    )


def calibrated(case: Case) -> tuple[Calibration, ...]:
    """Hold scores against the share that is right, at the threshold and above: of all answers, then of each class.

    Right is an answer that COCO's matching gives an object at the evaluation's IoU, best score first; those in crowds
    are left out. `floor` is the threshold: what is never shown need not be calibrated, and the many low scores of a
    detector would hide the error of the rest (Kuzucu et al. 2024). An error stands from 60 answers and 6 clusters on,
    a class has a record from 100 answers on. Nothing where a score is
    below 0 or over 1: it claims no share.
    """
    said = case.predictions
    shown = np.flatnonzero((said.scores >= case.confidence) & ~case.matches.ignored)
    enough = np.flatnonzero(np.bincount(said.row[shown], minlength=len(case.labelled.classes)) >= _LEAST_CLASS)
    if not _within_one(said.scores):
        return ()
    if not shown.size:
        return (Calibration(floor=case.confidence),)
    place = np.full(len(case.labelled.classes), -1, dtype=np.intp)
    place[enough] = np.arange(1, enough.size + 1)
    own = np.flatnonzero(place[said.row[shown]] > 0)
    every = np.concatenate([shown, shown[own]])
    group = np.concatenate([np.zeros(shown.size, dtype=np.intp), place[said.row[shown[own]]]])
    names = ("", *(case.labelled.classes[row] for row in enough))
    return _calibrated(case, every, group, names)


def _calibrated(case: Case, some: Indices, group: Indices, names: tuple[str, ...]) -> tuple[Calibration, ...]:
    """Measure the answers `some` (n,) in each `group` (n,), named by `names`."""
    score, right = case.predictions.scores[some], case.matches.objects[some] >= 0
    cluster = case.truth.cluster[case.predictions.image[some]]
    place = bins.equal_counts(score, group, _BINS, _ANSWERS)
    found = calibration.binned(score, right, group, place)
    rates = intervals.rates(right, place, cluster, found.size.size, case.policy.confidence)
    rows = zip(found.low.tolist(), found.high.tolist(), found.score.tolist(), rates, strict=True)
    points = [CalibrationBin(low=low, high=high, score=mean, right=rate) for low, high, mean, rate in rows]
    errors = calibration.errors(score, right, place, cluster, found, len(names))
    edges = np.searchsorted(found.group, np.arange(len(names) + 1))
    n, told = np.bincount(group), _told(group, cluster)
    return tuple(
        Calibration(
            class_name=name,
            floor=case.confidence,
            n=int(n[at]),
            error=float(errors.error[at]) if told[at] else None,
            lower=float(errors.lower[at]) if told[at] else None,
            upper=float(errors.upper[at]) if told[at] else None,
            bins=tuple(points[edges[at] : edges[at + 1]]),
        )
        for at, name in enumerate(names)
    )


def _within_one(scores: Floats) -> bool:
    return bool(((scores >= 0) & (scores <= 1)).all())


def _told(group: Indices, cluster: Indices) -> Bools:
    """Tell which groups, shape (groups,), hold enough answers and clusters for an error to be stated."""
    width = int(cluster.max()) + 1
    clusters = np.bincount(np.unique(group * width + cluster) // width)
    told: Bools = (np.bincount(group) >= _LEAST_OVERALL) & (clusters >= _LEAST_CLUSTERS)
    return told
