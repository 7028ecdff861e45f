"""Why a model fails, from one evaluation under way: kinds of error, scores, calibration, curves and examples."""

import numpy as np

from readiness.evidence.explanation import Explanation, Mistaken
from readiness.measures import intervals
from readiness_coordinator.evaluate import curves, examples, failures
from readiness_coordinator.evaluate.case import Case
from readiness_coordinator.evaluate.tallies import worst_by_group

_IMAGES = 10


def explain(case: Case) -> Explanation:
    """Explain the failures of a detector or classifier at the case's threshold."""
    failed = failures.of(case)
    return Explanation(
        errors=failures.kinds(case, failed),
        calibration=curves.calibrated(case),
        scores=curves.scores(case),
        by_size=curves.by_size(case),
        by_crowding=curves.by_crowding(case),
        mistaken=mistaken(case),
        examples=examples.worst(case, failed),
    )


def mistaken(case: Case) -> tuple[Mistaken, ...]:
    """Give for each class the one that most of its objects are answered as instead, by the pairs of `confusion`.

    Only classes with an object; one that is never mistaken names no answer. Equal counts go to the first class.
    """
    truth, judged, names = case.truth, case.outcomes, case.labelled.classes
    wrong = np.flatnonzero(judged.confused >= 0)
    answer = np.full(truth.row.size, -1, dtype=np.intp)
    answer[judged.confused[wrong]] = judged.row[wrong]
    there = np.flatnonzero(answer >= 0)
    table = np.bincount(truth.row[there] * len(names) + answer[there], minlength=len(names) ** 2)
    most = table.reshape(len(names), len(names)).argmax(axis=1)
    as_most = (answer >= 0) & (answer == most[truth.row])
    group = np.where(truth.crowd, -1, truth.row)
    cluster = truth.cluster[truth.image]
    rates = intervals.rates(as_most, group, cluster, len(names), case.policy.confidence)
    of = np.where(as_most, truth.row, -1)
    images = worst_by_group(case.predictions.pictures, truth.image, of, len(names), _IMAGES)
    return tuple(
        Mistaken(
            truth=names[row],
            answer=names[int(most[row])] if rate.hits else "",
            share=rate,
            images=images[row],
        )
        for row, rate in enumerate(rates)
        if rate.n
    )
