"""How much better a recommended threshold looks than it is, beside the naive best F1; and whether promises are kept.

Answers are drawn from known distributions, so that the true F1, recall and precision at any threshold are known:
objects are found in 90 % of cases with scores sigmoid(N(1, 1)), three false answers an object score sigmoid(N(-1, 1)).
Clustered: eight objects an image, whose scores share a part of their spread.
"""

from typing import NamedTuple

import numpy as np
import pytest
from scipy import special

from readiness.evidence.threshold import Aim, AimKind, Recommendation
from readiness.measures import operating, threshold_choice
from readiness.measures.operating import Matches
from readiness_coordinator.evaluate import thresholds
from readiness_coordinator.evaluate.simulator import Prepared, Subject

pytestmark = [pytest.mark.bench, pytest.mark.slow, pytest.mark.timeout(1800)]

FOUND, FALSE = 0.9, 3
SHARED = 0.6  # of the standard deviation, where clustered
Sizes = tuple[tuple[int, float], ...]  # positives of each class, and by how much its scores are lower


class World(NamedTuple):
    """Classes of so many positives, each with an offset of its scores; `an_image` objects share an image."""

    sizes: Sizes
    an_image: int


def drawn(world: World, seed: int, deployed: float = 0.5) -> Prepared:
    rng = np.random.default_rng(seed)
    rows, logits, right, images, object_rows, object_images = [], [], [], [], [], []
    total = sum(n for n, _ in world.sizes)
    count = max(total // world.an_image, 5)
    shift = rng.normal(size=(count, 2)) * (SHARED if world.an_image > 1 else 0.0)
    rest = (1 - SHARED**2) ** 0.5 if world.an_image > 1 else 1.0
    for row, (n, offset) in enumerate(world.sizes):
        of = rng.integers(0, count, n)
        hit, false = of[rng.random(n) < FOUND], rng.integers(0, count, rng.poisson(FALSE * n))
        rows.append(np.full(hit.size + false.size, row))
        logits.append(1 - offset + shift[hit, 0] + rest * rng.normal(size=hit.size))
        logits.append(-1 - offset + shift[false, 1] + rest * rng.normal(size=false.size))
        right += [np.ones(hit.size, dtype=bool), np.zeros(false.size, dtype=bool)]
        images += [hit, false]
        object_rows.append(np.full(n, row))
        object_images.append(of)
    matches = Matches(
        np.concatenate(rows),
        special.expit(np.concatenate(logits)),
        np.concatenate(right),
        np.concatenate(images),
        np.concatenate(object_rows),
        np.concatenate(object_images),
        np.arange(count),
        len(world.sizes),
    )
    subject = Subject(
        predictions="",
        dataset="",
        classes=tuple(f"c{row}" for row in range(len(world.sizes))),
        images=count,
        deployed=deployed,
        iou=0.5,
        cut=0.0,
        level=0.95,
    )
    part = threshold_choice.parted([str(i) for i in range(count)])
    return Prepared(subject, matches, part, operating.ladder(matches))


def true_rates(threshold: float, offset: float) -> tuple[float, float, float]:
    """Give the true recall, precision and F1 of a class at a threshold."""
    at = special.logit(threshold)
    recall = FOUND * special.ndtr(1 - offset - at)
    false = FALSE * special.ndtr(-1 - offset - at)
    return recall, recall / max(recall + false, 1e-12), 2 * recall / (1 + recall + false)


BEST = max((i / 1000 for i in range(1, 1000)), key=lambda at: true_rates(at, 0)[2])


def naive(prepared: Prepared) -> tuple[float, float]:
    """Give the best F1 on the sample of all classes as other tools report it, and its threshold."""
    ladder = prepared.ladder
    start = ladder.starts[-2]
    hits, n = np.cumsum(ladder.right[start:]), ladder.score.size - start
    f1 = 2 * hits / (ladder.objects.trials[-1] + np.arange(1, n + 1))
    return float(f1.max()), float(ladder.score[start + int(f1.argmax())])


@pytest.mark.parametrize("an_image", [1, 8])
def test_the_f1_reported_is_the_one_to_be_had(an_image: int) -> None:
    print("\npositives  naive optimism  ours  +-SE  SD of threshold: naive, ours  optimum in the band")
    for n in (10, 20, 50, 100, 200, 500, 1000):
        runs = 400 if n < 500 else 150
        gaps, naives, values, theirs, inside = [], [], [], [], []
        for seed in range(runs):
            prepared = drawn(World(((n, 0.0),), an_image), seed)
            best, at = naive(prepared)
            naives.append(best - true_rates(at, 0)[2])
            theirs.append(at)
            made = thresholds.recommended(prepared, Aim()).overall
            if made.value is None or made.f1 is None:
                continue
            gaps.append(made.f1 - true_rates(made.value, 0)[2])
            values.append(made.value)
            if made.low is not None and made.high is not None:
                inside.append(made.low <= BEST <= made.high)
        error = np.std(gaps) / len(gaps) ** 0.5
        print(
            f"{n:9} {np.mean(naives):15.3f} {np.mean(gaps):+.3f} {error:.3f} {np.std(theirs):15.3f} "
            f"{np.std(values):.3f} {np.mean(inside) if inside else np.nan:18.2f}"
        )
        assert not inside or np.mean(inside) >= 0.93 - 2 * (0.93 * 0.07 / len(inside)) ** 0.5
        assert np.mean(gaps) <= 0.01 + error


SIZES: Sizes = tuple((n, offset) for n in (10, 20, 50, 100, 200, 500, 1000) for offset in (-0.7, 0.0, 0.7))


@pytest.mark.parametrize("an_image", [1, 8])
def test_so_is_that_of_each_of_many_classes(an_image: int) -> None:
    runs = 200
    gaps, pooled, lost = (np.full((runs, len(SIZES)), np.nan) for _ in range(3))
    best = [max(true_rates(i / 500, offset)[2] for i in range(1, 500)) for _, offset in SIZES]
    for run in range(runs):
        made = thresholds.recommended(drawn(World(SIZES, an_image), run), Aim()).classes
        for row, one in enumerate(made):
            if one.value is not None and one.f1 is not None:
                true = true_rates(one.value, SIZES[row][1])[2]
                gaps[run, row], pooled[run, row], lost[run, row] = one.f1 - true, one.pooled, best[row] - true
    print("\npositives  offset  optimism  +-SE  pooled  F1 lost to the optimum")
    for row, (n, offset) in enumerate(SIZES):
        error = np.nanstd(gaps[:, row]) / runs**0.5
        mean = np.nanmean(gaps[:, row])
        print(
            f"{n:9} {offset:7.1f} {mean:+9.3f} {error:.3f} {np.nanmean(pooled[:, row]):7.2f} "
            f"{np.nanmean(lost[:, row]):.3f}"
        )
        assert mean <= 0.01 + 2 * error
    assert np.nanmean(gaps) <= 0.01


@pytest.mark.parametrize("an_image", [1, 8])
def test_the_best_threshold_raises_no_alarm(an_image: int) -> None:
    """Deployed at the true best of every class, a sample alarms as a whole or by any class in at most 5 %."""
    print("\ndeployed off by  alarms: of all, of any class")
    runs, sizes = 200, tuple((n, 0.0) for n in (10, 20, 50, 100, 200, 200, 500, 500, 1000, 1000))
    for off in (0.0, 0.02, 0.1, 0.25):
        made = [thresholds.recommended(drawn(World(sizes, an_image), run, BEST + off), Aim()) for run in range(runs)]
        whole = sum(_alarms(one.overall, BEST + off) for one in made) / runs
        some = sum(any(_alarms(each, BEST + off) for each in one.classes if not each.pooled) for one in made) / runs
        print(f"{off:15} {whole:15.3f} {some:.3f}")
        if not off:
            assert max(whole, some) <= 0.05
    assert min(whole, some) > 0.95


def _alarms(one: Recommendation, deployed: float) -> bool:
    assert one.gain_lower is not None
    return one.gain_lower > 0 and (one.low is None or one.high is None or not one.low <= deployed <= one.high)


@pytest.mark.parametrize("an_image", [1, 8])
@pytest.mark.parametrize("kind", ["recall", "precision"])
def test_promises_are_kept(kind: AimKind, an_image: int) -> None:
    print(f"\n{kind}, {an_image} an image: positives  target  proven  broken  optimism")
    for n in (50, 200, 1000):
        for target in (0.6, 0.75, 0.85):
            runs = 400 if n < 1000 else 150
            aim = Aim(kind=kind, target=target)
            made = [thresholds.recommended(drawn(World(((n, 0.0),), an_image), s), aim).overall for s in range(runs)]
            held = [(one, true_rates(one.value, 0)) for one in made if one.value is not None]
            at = 0 if kind == "recall" else 1
            broken = sum(true[at] < target for _, true in held) / runs
            gap = np.mean([_reported(one, kind) - true[at] for one, true in held]) if held else 0.0
            print(f"{n:9} {target:7.2f} {len(held) / runs:7.2f} {broken:7.3f} {gap:+.3f}")
            assert broken <= 0.05 + 2 * (0.05 * 0.95 / runs) ** 0.5


def _reported(one: Recommendation, kind: str) -> float:
    return (one.recall if kind == "recall" else one.precision).value or 0.0
