"""The influence of clusters on average precision against its numerical derivative, and its intervals in simulation."""

import numpy as np
import numpy.typing as npt
import pytest

from readiness.measures import ap_influence, conventions
from readiness.measures.ap_influence import Answered

Floats = npt.NDArray[np.float64]
CLASSES, CLUSTERS = 3, 30


def made(seed: int) -> tuple[Answered, Floats]:
    rng = np.random.default_rng(seed)
    row = np.sort(rng.integers(0, CLASSES, 400))
    right = rng.random(400) < 0.9 - 0.8 * np.arange(400) / 400
    return Answered(right, row, rng.integers(0, CLUSTERS, 400)), rng.integers(0, 9, (CLASSES, CLUSTERS)).astype(float)


def area(answers: Answered, objects: Floats, weights: Floats) -> Floats:
    """The area under the interpolated curve with each cluster counted `weights` times."""
    out = []
    for row in range(CLASSES):
        mine = answers.row == row
        weight = weights[answers.cluster[mine]]
        right = answers.right[mine] * weight
        precision = np.cumsum(right) / np.cumsum(weight)
        envelope = np.maximum.accumulate(precision[::-1])[::-1]
        out.append((right * envelope).sum() / (objects[row] @ weights))
    return np.array(out)


@pytest.mark.parametrize("seed", range(3))
def test_it_is_the_derivative_by_the_weight_of_a_cluster(seed: int) -> None:
    answers, objects = made(seed)
    found = ap_influence.influence(answers, objects)
    off = []
    for cluster in range(CLUSTERS):
        step = np.eye(CLUSTERS)[cluster] * 1e-6
        ones = np.ones(CLUSTERS)
        wanted = (area(answers, objects, ones + step) - area(answers, objects, ones - step)) / 2e-6
        off += np.abs(found[:, cluster] - wanted).tolist()
    assert np.mean(np.array(off) < 1e-7) >= 0.8  # but for equally high peaks, where there is no derivative
    assert np.abs(found.sum(axis=1)).max() < 1e-12  # counting every cluster twice changes nothing


def test_no_answer_and_no_object() -> None:
    nothing = np.zeros(0, dtype=np.intp)
    found = ap_influence.influence(Answered(nothing.astype(bool), nothing, nothing), np.zeros((2, 4)))
    assert found.tolist() == np.zeros((2, 4)).tolist()


def test_equal_models_rarely_differ() -> None:
    """500 evaluations of 80 images: two models, equally good, share what is hard."""
    rng = np.random.default_rng(3)
    repeats, images = 500, 80
    count = rng.poisson(1.2, (repeats, images))
    of = np.repeat(np.arange(repeats), count.sum(axis=1))
    image = np.concatenate([np.repeat(np.arange(images), one) for one in count])
    hard = rng.normal(size=of.size)

    def model() -> Answered:
        hit = 0.7 * hard + 0.7 * rng.normal(size=of.size) < 0.8
        false = rng.integers(0, images, (repeats, 2 * images))
        right = np.concatenate([np.ones(hit.sum(), dtype=bool), np.zeros(false.size, dtype=bool)])
        score = np.concatenate([rng.normal(1.2, 1, hit.sum()), rng.normal(0, 1, false.size)])
        row = np.concatenate([of[hit], np.repeat(np.arange(repeats), 2 * images)])
        order = np.lexsort((-score, row))
        return Answered(right[order], row[order], np.concatenate([image[hit], false.ravel()])[order])

    one, other, n = model(), model(), count.sum(axis=1)
    ap = [conventions.average_precisions(side.right, side.row, n, "101 points") for side in (one, other)]
    objects = count.astype(np.float64)
    part = ap_influence.influence(other, objects) - ap_influence.influence(one, objects)
    found = ap_influence.differences(part, ap[1] - ap[0], objects.sum(axis=1))
    assert ((found.lower <= 0) & (found.upper >= 0)).mean() >= 0.93
    assert (found.upper - found.lower).mean() < 0.4
