"""A classifier's figures: of its answers at any score, and of the scores of all classes where the file has them."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from readiness.measures import classification as measures
from readiness_coordinator.evaluate.ground_truth import GroundTruth
from readiness_coordinator.evaluate.predictions import Predictions

Floats = npt.NDArray[np.float64]

_TOP = 5


class Figures(NamedTuple):
    """`metrics` as the report names them, `f1` and `auc` per class row, and `caveats` of what they do not show."""

    metrics: dict[str, float | None]
    f1: list[float | None]
    auc: list[float | None]
    caveats: tuple[str, ...]


def measure(truth: GroundTruth, predictions: Predictions, classes: int) -> Figures:
    """Measure the first answers, at whatever score, and the scores behind them.

    An image without an answer is a wrong one; of what scores alone can tell it is left out. Means over classes are
    over those that occur. Top 5 exists where over 5 classes are scored; ranks, loss and areas need every class's score.
    """
    answer = np.full(len(predictions.pictures), -1, dtype=np.intp)
    answer[predictions.image] = predictions.row
    said = answer[truth.image]
    right = said == truth.row
    recalls = [float(right[truth.row == row].mean()) for row in np.unique(truth.row)]
    f1 = measures.f1(truth.row, said, classes)
    auc, more, caveats = _of_scores(truth, predictions, classes)
    plain = {
        "accuracy": float(right.mean()) if right.size else None,
        "balanced_accuracy": float(np.mean(recalls)) if recalls else None,
        "macro_f1": _mean(f1),
    }
    return Figures(plain | more, _listed(f1), _listed(auc), (*caveats, *_odd_answers(truth, predictions, answer)))


def _of_scores(
    truth: GroundTruth, predictions: Predictions, classes: int
) -> tuple[Floats, dict[str, float | None], tuple[str, ...]]:
    """Give the area of each class, the figures that need scores, and what keeps some of them away."""
    nothing = np.full(classes, np.nan)
    if predictions.shares is None:
        return nothing, {}, ()
    scores = predictions.shares[truth.image]
    run = ~np.isnan(scores).all(axis=1)
    row, scored = truth.row[run], scores[run]
    auc = measures.auc(scored, row)[:classes] if row.size else nothing
    found: dict[str, float | None] = {"macro_auc": _mean(auc)}
    lacking = int(np.isnan(scored).any(axis=0).sum())
    if lacking or not row.size:
        line = f"classes of the dataset that the scores leave out: {lacking}; no top {_TOP}, log loss or Brier score"
        return auc, found, (line,) if lacking else ()
    if scored.shape[1] > _TOP:
        found["top_5_accuracy"] = float((measures.ranks(scored, row) <= _TOP).sum() / truth.row.size)
    if not measures.are_shares(scored):
        sums = scored.sum(axis=1)
        line = f"the scores are no probabilities (they sum to {sums.min():.3g} to {sums.max():.3g})"
        return auc, found, (f"{line}: no log loss or Brier score",)
    return auc, found | {"log_loss": measures.log_loss(scored, row), "brier": measures.brier(scored, row)}, ()


def _odd_answers(truth: GroundTruth, predictions: Predictions, answer: npt.NDArray[np.intp]) -> tuple[str, ...]:
    """Say where the answer is not the class with the best score, or only one of several with it."""
    if predictions.shares is None:
        return ()
    given = truth.image[answer[truth.image] >= 0]
    scores = predictions.shares[given]
    own = np.take_along_axis(scores, answer[given][:, None], axis=1)[:, 0]
    best = np.where(np.isnan(scores), -np.inf, scores).max(axis=1, initial=-np.inf)
    lower = int((own < best).sum())
    tied = int(((scores == best[:, None]).sum(axis=1) > 1).sum())
    lines = (
        (lower, f"answers that are not the class with the best score: {lower}; accuracy is of the answers"),
        (
            tied,
            f"images whose best score several classes share: {tied}; accuracy is of the answers, ranks take the worst",
        ),
    )
    return tuple(line for holds, line in lines if holds)


def _mean(values: Floats) -> float | None:
    there = values[~np.isnan(values)]
    return float(there.mean()) if there.size else None


def _listed(values: Floats) -> list[float | None]:
    return [None if np.isnan(value) else float(value) for value in values]
