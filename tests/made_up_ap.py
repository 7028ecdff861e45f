"""Answers drawn from a known world, in which the AP that an evaluation estimates is known."""

from typing import NamedTuple

import numpy as np

from readiness.measures import average_precision
from readiness.measures.average_precision import Judged

LEVELS = 3


class World(NamedTuple):
    """One class: `recall` and its `likeness` within a cluster (ICC), false answers per object, and how well scores
    tell right answers from them.
    """

    recall: float
    likeness: float
    false: float
    told: float


WORLDS = (World(0.85, 0, 1, 2), World(0.6, 0, 3, 1.2), World(0.8, 0.2, 1, 2), World(0.95, 0, 0.5, 3))


def draw(rng: np.random.Generator, world: World, objects: int, each: float) -> Judged:
    """Draw about `objects` of them, `each` to a cluster on average; below 1 most clusters hold none."""
    clusters = max(round(objects / each), 2)
    held = 1 + rng.poisson(each - 1, clusters) if each >= 1 else (rng.uniform(size=clusters) < each).astype(int)
    odds = (1 - world.likeness) / world.likeness if world.likeness else 0
    recall = rng.beta(world.recall * odds, (1 - world.recall) * odds, clusters) if odds else world.recall
    of = np.repeat(np.arange(clusters), held)
    hit = of[rng.uniform(size=of.size) < np.broadcast_to(recall, clusters)[of]]
    false = np.repeat(np.arange(clusters), rng.poisson(world.false * max(each, 1), clusters))
    quality = rng.uniform(size=hit.size)
    scores = np.concatenate([rng.normal(world.told, 1, hit.size) + quality, rng.normal(size=false.size)])
    order = np.argsort(-scores)
    right = np.zeros((LEVELS, scores.size), dtype=bool)
    right[:, : hit.size] = quality > np.arange(LEVELS)[:, None] / (LEVELS + 1)
    nothing = np.zeros(scores.size, dtype=np.intp)
    return Judged(
        nothing,
        np.concatenate([hit, false])[order],
        right[:, order],
        np.zeros_like(right),
        np.zeros(of.size, dtype=np.intp),
        of,
        1,
        clusters,
    )


def together(parts: list[Judged]) -> Judged:
    """Put several classes into one evaluation, over the same clusters."""
    return Judged(
        np.concatenate([np.full(one.row.size, row) for row, one in enumerate(parts)]),
        np.concatenate([one.cluster for one in parts]),
        np.hstack([one.right for one in parts]),
        np.hstack([one.ignored for one in parts]),
        np.concatenate([np.full(one.truth_row.size, row) for row, one in enumerate(parts)]),
        np.concatenate([one.truth_cluster for one in parts]),
        len(parts),
        max(one.clusters for one in parts),
    )


def truly(rng: np.random.Generator, world: World, each: float) -> float:
    """Give the AP of a very large evaluation."""
    large = draw(rng, world, 60_000, each)
    return float(average_precision.resampled(large, np.ones((large.clusters, 1), dtype=np.float32)).mean())


def stated(judged: Judged) -> tuple[float, float]:
    """Give the interval of the mean AP as an evaluation states it."""
    plain = np.ones((judged.clusters, 1), dtype=np.float32)
    drawn = average_precision.resampled(judged, np.hstack([plain, average_precision.resamples(judged.clusters)]))
    values = np.nanmean(drawn.mean(axis=0), axis=0)
    return average_precision.interval(float(values[0]), values[1:], int(np.unique(judged.truth_cluster).size))
