"""How good a classifier's scores are: rank of the true class, proper scores, and the area under the ROC curve."""

import numpy as np
import numpy.typing as npt
from scipy import stats

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

_OFF = 0.02  # rounding to two or more digits leaves sums of shares within it


def ranks(scores: Floats, truth: Indices) -> Indices:
    """Give the rank of the true class of each image, 1 for the best; `scores` (n, classes), `truth` (n,) its column.

    The true class stands behind all that score as much as it does: an answer that is only right by the order of the
    columns is not right. (scikit-learn's top_k_accuracy_score takes the later columns first.)
    """
    own = np.take_along_axis(scores, truth[:, None], axis=1)
    rank: Indices = (scores >= own).sum(axis=1)
    return rank


def are_shares(scores: Floats) -> bool:
    """Tell whether every row of `scores` (n, classes) is a distribution: none below 0, and a sum of about 1."""
    return bool((scores >= 0).all() and (np.abs(scores.sum(axis=1) - 1) <= _OFF).all())


def log_loss(shares: Floats, truth: Indices) -> float:
    """Give the mean negative log likelihood, in nats, of `truth` (n,) under `shares` (n, classes).

    A share of 0 counts as the least that a float64 tells from 1, which costs 36 nats, as in scikit-learn.
    """
    own = np.take_along_axis(shares, truth[:, None], axis=1)
    least = float(np.finfo(np.float64).eps)
    return float(-np.log(np.clip(own, least, 1 - least)).mean())


def brier(shares: Floats, truth: Indices) -> float:
    """Give the mean squared distance, 0 to 2, of `shares` (n, classes) from the truth (n,) (Brier 1950)."""
    own = np.take_along_axis(shares, truth[:, None], axis=1)[:, 0]
    return float(((shares**2).sum(axis=1) - 2 * own + 1).mean())


def auc(scores: Floats, truth: Indices) -> Floats:
    """Give the area under the ROC curve of each class against the rest, shape (classes,), of `scores` (n, classes).

    It is the chance that an image of the class scores above one that is not, equal scores for half (Hanley & McNeil
    1982). NaN where no image, or every image, is of the class, or where a score is missing.
    """
    n, classes = scores.shape
    positive = np.bincount(truth, minlength=classes).astype(np.float64)
    order = stats.rankdata(scores, axis=0, nan_policy="propagate") if n else scores
    above = np.where(truth[:, None] == np.arange(classes), order, 0).sum(axis=0)
    pairs = positive * (n - positive)
    missing = np.isnan(scores).any(axis=0)
    value: Floats = (above - positive * (positive + 1) / 2) / np.where((pairs > 0) & ~missing, pairs, np.nan)
    return value


def f1(truth: Indices, answer: Indices, classes: int) -> Floats:
    """Give F1 of each class, shape (classes,), from `truth` and `answer` (n,), -1 for an answer of no class.

    NaN where neither holds the class.
    """
    right = np.bincount(truth[truth == answer], minlength=classes)
    both = np.bincount(truth, minlength=classes) + np.bincount(answer[answer >= 0], minlength=classes)
    value: Floats = 2 * right / np.where(both > 0, both, np.nan)
    return value
